<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

show(fn () => (new Thread(fn () => pcntl_signal(SIGUSR1, fn () => 1)))->join());
show(fn () => (new Thread(fn () => pcntl_fork()))->join());
$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) { pass($address); });
$guest = await_arrival($gate);
show(fn () => pcntl_fork());
fclose($guest);
show(fn () => $thread->join());
