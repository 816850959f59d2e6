--TEST--
cancel(): queued tasks are cancelled, running ones interrupted, new ones refused
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(2, 8);
$futures = [];
$futures[] = $pool->submit(function () use ($address) { arrive($address); while (true); });
$futures[] = $pool->submit(function () use ($address) { arrive($address); sleep(60); return 'slept'; });
for ($i = 0; $i < 5; $i++) $futures[] = $pool->submit(fn () => 'ran');
$a = await_arrival($gate); $b = await_arrival($gate);
$pool->cancel();
foreach ($futures as $future) {
    show(fn () => $future->await());
    var_dump($future->isCancelled());
}
show(fn () => $pool->submit(fn () => 1));
var_dump($pool->getCompletedCount(), count($pool));
--EXPECT--
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\AsyncCancellation(0): The task was cancelled
bool(true)
Async\ThreadPoolException(0): The pool is closed
int(7)
int(0)
