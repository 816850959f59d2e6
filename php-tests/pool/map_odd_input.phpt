--TEST--
map(): keys of every type, keys met twice, items and results that cannot cross, nested maps, a map that is cancelled
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$pool = new ThreadPool(2);
$same = fn ($x) => $x;
$keyed = fn (...$keys) => (function () use ($keys) { foreach ($keys as $i => $key) yield $key => $i; })();
show(fn () => $pool->map($keyed('a', 'b', 'a'), $same, 1));
show(fn () => $pool->map($keyed(1.7, true, null, '5', -3), $same, 1));
show(fn () => $pool->map($keyed('fine', new stdClass), $same, 1));
show(fn () => $pool->map($keyed([]), $same, 1));
$handle = fopen('php://memory', 'r');
show(fn () => $pool->map([1, $handle], $same, 1));
show(fn () => $pool->map([1, 2], fn ($x) => $x === 2 ? fopen('php://memory', 'r') : $x, 1));
show(fn () => $pool->map([1, 2], fn () => $handle));
show(fn () => $pool->map([[1, 2], [3, 4]], fn (array $row) => $pool->map($row, fn ($x) => $x * 10, 1), 1));
// An item that two tasks get is two objects, one that is in a chunk twice is one.
$o = new stdClass;
show(fn () => $pool->map([[$o, $o]], fn ($pair) => $pair[0] === $pair[1]));
// References in the input are not written through.
$a = [1, 2];
$r = &$a[0];
show(fn () => $pool->map($a, function ($x) { return ++$x; }));
echo json_encode($a), "\n";
// Cancelled: nothing more is read, what runs is stopped.
$read = 0;
$started = Async\spawn(function () use ($pool, &$read) {
    return $pool->map((function () use (&$read) { while (true) yield ++$read; })(), function () { while (true); }, 1);
});
while ($pool->getRunningCount() < 2) Async\delay(1);
$started->cancel();
show(fn () => Async\await($started));
while (count($pool)) Async\delay(1);
var_dump($read <= 4);
show(fn () => $pool->map([1], $same));
--EXPECTF--
{"a":2,"b":1}

Deprecated: Implicit conversion from float 1.7 to int loses precision in %s on line %d
{"1":1,"":2,"5":3,"-3":4}
TypeError(0): %s
TypeError(0): %s
Async\ThreadTransferException(0): Cannot transfer $item: a resource (stream) is not transferable
Async\ThreadTransferException(0): Cannot transfer return value[0]: a resource (stream) is not transferable
Async\ThreadTransferException(0): Cannot transfer $handle: a resource (stream) is not transferable
[[10,20],[30,40]]
[true]
[2,3]
[1,2]
Async\AsyncCancellation(0): The task was cancelled
bool(true)
[1]
