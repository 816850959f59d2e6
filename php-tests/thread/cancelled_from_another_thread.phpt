--TEST--
A handle in another thread can cancel
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$worker = new Thread(function () use ($address) { arrive($address); while (true); });
await_arrival($gate);
(new Thread(function () use ($worker) { $worker->cancel(); }))->join();
show(fn () => $worker->join());
--EXPECT--
Async\AsyncCancellation(0): The task was cancelled
