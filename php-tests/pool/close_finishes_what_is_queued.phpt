--TEST--
close(): queued and running tasks finish, also what they submit themselves; others are refused
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(1, 4);
$running = $pool->submit(function () use ($address, $pool) { pass($address); return $pool->enqueue(fn () => 'nested'); });
$queued = $pool->submit(fn () => 'queued');
$here = await_arrival($gate);
var_dump($pool->isClosed(), $pool->getRunningCount(), $pool->getPendingCount(), count($pool));
$pool->close();
$pool->close();
var_dump($pool->isClosed());
show(fn () => $pool->submit(fn () => 1));
show(fn () => $pool->enqueue(fn () => 1));
show(fn () => $pool->map([1], fn () => 1));
unset($here);
show(fn () => $running->await());
show(fn () => $queued->await());
while ($pool->getWorkerCount()) Async\delay(1);
show(fn () => $pool->submit(fn () => 1));
var_dump($pool->getCompletedCount(), count($pool));
--EXPECT--
bool(false)
int(1)
int(1)
int(2)
bool(true)
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
"nested"
"queued"
Async\ThreadPoolException(0): The pool is closed
int(3)
int(0)
