--TEST--
A cancelled thread is no failure to report
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) { arrive($address); while (true); });
await_arrival($gate);
$thread->cancel();
while ($thread->isRunning());
var_dump($thread->isCancelled());
unset($thread);
--EXPECT--
bool(true)
