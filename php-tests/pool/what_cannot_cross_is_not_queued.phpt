--TEST--
A call that cannot cross throws at submit() and queues nothing
--FILE--
<?php
require __DIR__ . '/gate.inc';
$pool = new Async\ThreadPool(1);
show(fn () => $pool->submit(fn ($x) => 1, fopen('php://memory', 'r')));
show(fn () => $pool->submit(fn () => 1, (function () { yield 1; })()));
show(fn () => $pool->map([1, fopen('php://memory', 'r')], fn ($x) => 1));
show(fn () => $pool->enqueue('no_such_function'));
show(fn () => $pool->enqueue());
var_dump($pool->getCompletedCount(), $pool->getPendingCount());
show(fn () => $pool->enqueue(fn () => 'alive'));
--EXPECTF--
Async\ThreadTransferException(0): Cannot transfer %s
Async\ThreadTransferException(0): Cannot transfer %s
Async\ThreadTransferException(0): Cannot transfer %s
TypeError(0): %s
ArgumentCountError(0): %s
int(%d)
int(0)
"alive"
