--TEST--
cancel() stops a bootloader too
--FILE--
<?php
require __DIR__ . '/gate.inc';
$gate = open_gate();
$address = address_of($gate);
$pool = new Async\ThreadPool(1, 8, function () use ($address) { arrive($address); while (true); });
$future = $pool->submit(fn () => 1);
$here = await_arrival($gate);
$pool->cancel();
show(fn () => $future->await());
while ($pool->getWorkerCount()) Async\delay(1);
echo "gone\n";
--EXPECT--
Async\AsyncCancellation(0): The task was cancelled
gone
