<?php
require __DIR__ . '/child.inc';

run_child(<<<'PHP'
$gate = open_gate();
$address = address_of($gate);
$main = posix_getpid();
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () { ini_set('memory_limit', '16M'); str_repeat('x', 100_000_000); });
$thread = new Thread(function () use ($main) { posix_kill($main, SIGUSR1); while (true); });
$thread->join();
PHP);
run_child(<<<'PHP'
$thread = new Thread(fn () => 1);
$thread->finally(function () { ini_set('memory_limit', '16M'); str_repeat('x', 100_000_000); });
$other = new Thread(function () { while (true); });
$thread->join();
PHP);
