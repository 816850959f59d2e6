--TEST--
Each method of a pool that is open, closed, cancelled, broken, or was never constructed
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
function all(string $state, ThreadPool $pool): void
{
    echo "-- $state\n";
    show(fn () => $pool->enqueue('strtoupper', 'a'));
    show(fn () => get_class($pool->submit('strtoupper', 'a')));
    show(fn () => $pool->map(['k' => 'a'], 'strtoupper'));
    show(fn () => $pool->map([], 'strtoupper'));
    show(fn () => [$pool->isClosed(), $pool->getRunningCount(), $pool->getPendingCount(), count($pool)]);
    show(fn () => count($pool->stats()['workers']));
    show(fn () => $pool->reload());
}
$pool = new ThreadPool(2);
all('open', $pool);
while (count($pool)) Async\delay(1);
$pool->close();
all('closed', $pool);
$pool->close();
$pool->cancel();
while ($pool->getWorkerCount()) Async\delay(1);
all('closed and its workers gone', $pool);

$pool = new ThreadPool(2);
$pool->cancel();
$pool->cancel();
all('cancelled', $pool);
$pool->close();

$pool = new ThreadPool(1, bootloader: fn () => throw new LogicException('no boot'));
try { $pool->enqueue(fn () => 1); } catch (Async\ThreadPoolException) {}
while ($pool->getWorkerCount()) Async\delay(1);
all('broken', $pool);
$pool->close();

eval('final class Odd { public $x; }');
show(fn () => $pool->submit('no_such_function'));
show(fn () => $pool->submit(new Odd));
show(fn () => $pool->submit([new Odd, 'none']));
show(fn () => $pool->enqueue());
show(fn () => $pool->map([1]));
show(fn () => $pool->map([1], 'no_such_function'));
show(fn () => $pool->close(1));
show(fn () => $pool->new = 1);
--EXPECTF--
-- open
"A"
"Async\\Future"
{"k":"A"}
[]
[false,%d,%d,%d]
2
null
-- closed
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
[]
[true,0,0,0]
2
null
-- closed and its workers gone
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
[]
[true,0,0,0]
2
null
-- cancelled
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
Async\ThreadPoolException(0): The pool is closed
[]
[true,0,0,0]
2
null
-- broken
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no boot in %s:%d
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no boot in %s:%d
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no boot in %s:%d
[]
[true,0,0,0]
1
null
TypeError(0): Async\ThreadPool::submit(): Argument #1 ($task) must be a valid callback%S
TypeError(0): Async\ThreadPool::submit(): Argument #1 ($task) must be a valid callback%S
TypeError(0): Async\ThreadPool::submit(): Argument #1 ($task) must be a valid callback%S
ArgumentCountError(0): Async\ThreadPool::enqueue() expects at least 1 argument, 0 given
ArgumentCountError(0): Async\ThreadPool::map() expects at least 2 arguments, 1 given
TypeError(0): Async\ThreadPool::map(): Argument #2 ($task) must be a valid callback%S
ArgumentCountError(0): Async\ThreadPool::close() expects exactly 0 arguments, 1 given
Error(0): Cannot create dynamic property Async\ThreadPool::$new
