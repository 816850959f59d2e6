--TEST--
A coroutine that is cancelled in enqueue() takes its task along; one in await() of a future it was given does not
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
use function Async\{await, spawn};
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(2);
$waits = spawn(fn () => $pool->enqueue(function () use ($address) { try { pass($address); while (true); } finally { echo "task stopped\n"; } }));
$here = spawn(fn () => await_arrival($gate));
$stream = await($here);
$waits->cancel();
unset($here, $stream);
while (count($pool)) Async\delay(1);
show(fn () => await($waits));

$future = $pool->submit(function () use ($address) { pass($address); return 'it went on'; });
$waits = spawn(fn () => $future->await());
$stream = await_arrival($gate);
$waits->cancel();
show(fn () => await($waits));
var_dump($future->isCompleted());
unset($stream);
show(fn () => $future->await());

// Two that wait for one task.
$future = $pool->submit(function () use ($address) { pass($address); return 'both'; });
[$a, $b] = [spawn(fn () => $future->await()), spawn(fn () => $future->await())];
$stream = await_arrival($gate);
$a->cancel();
unset($stream);
show(fn () => await($a));
show(fn () => await($b));
--EXPECT--
task stopped
Async\AsyncCancellation(0): The task was cancelled
Async\AsyncCancellation(0): The task was cancelled
bool(false)
"it went on"
Async\AsyncCancellation(0): The task was cancelled
"both"
