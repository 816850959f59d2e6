--TEST--
Numbers of the constructor are checked; 0 means the default
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
show(fn () => new ThreadPool(-1));
show(fn () => new ThreadPool(1, -1));
show(fn () => new ThreadPool(1, 1, null, true, -1));
show(fn () => new ThreadPool(1, 1, null, false, 0, -1));
show(fn () => new ThreadPool(100000));
show(fn () => (new ThreadPool(1, 1, function () { static $r; $r = 1; }, concurrency: 3))->isClosed() ? 1 : 0) ;
show(fn () => (new ThreadPool())->getWorkerCount() === Async\available_parallelism());
$handle = fopen('php://memory', 'r');
show(fn () => new ThreadPool(1, 1, function () use ($handle) {}));
$pool = new ThreadPool(3);
show(fn () => $pool->__construct(1));
show(fn () => $pool->getWorkerCount());
show(fn () => (new ReflectionClass(ThreadPool::class))->newInstanceWithoutConstructor()->close());
show(fn () => clone $pool);
show(fn () => serialize($pool));
--EXPECTF--
ValueError(0): Async\ThreadPool::__construct(): Argument #1 ($workers) must be greater than or equal to 0
ValueError(0): Async\ThreadPool::__construct(): Argument #2 ($queueSize) must be greater than or equal to 0
ValueError(0): Async\ThreadPool::__construct(): Argument #5 ($concurrency) must be greater than or equal to 0
ValueError(0): Async\ThreadPool::__construct(): Argument #6 ($maxTasks) must be greater than or equal to 0
ValueError(0): Async\ThreadPool::__construct(): Argument #1 ($workers) must be less than or equal to 1024
0
true
Async\ThreadTransferException(0): Cannot transfer %s
Error(0): %s
3
ReflectionException(0): %s
Error(0): %s
Exception(0): %s
