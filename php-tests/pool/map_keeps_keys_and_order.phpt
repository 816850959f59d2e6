--TEST--
map(): keys and order kept, arrays and iterators, chunks, progress, empty input
--FILE--
<?php
require __DIR__ . '/gate.inc';
$pool = new Async\ThreadPool(3);
var_dump($pool->map(range(1, 1000), fn ($x) => $x * $x) === array_map(fn ($x) => $x * $x, range(1, 1000)));
var_dump($pool->map(['b' => 2, 'a' => 1, 7 => 3, 'x' => null], fn ($x) => $x));
var_dump($pool->map((function () { yield 'k' => 1; yield 'l' => 2; })(), fn ($x) => $x * 10));
var_dump($pool->map(new ArrayIterator([5, 6]), 'sqrt'));
var_dump($pool->map([], fn () => 1), $pool->map(new EmptyIterator, fn () => 1));
$seen = [];
$pool->map(range(1, 100), fn ($x) => $x, 7, function (int $done) use (&$seen) { $seen[] = $done; });
var_dump(count($seen), end($seen), $seen === array_unique($seen));
show(fn () => $pool->map([1], fn () => 1, -1));
show(fn () => $pool->map([1, 2, 3], fn () => 1, 1, fn () => throw new LogicException('from progress')));
show(fn () => $pool->map(5, fn () => 1));
--EXPECTF--
bool(true)
array(4) {
  ["b"]=>
  int(2)
  ["a"]=>
  int(1)
  [7]=>
  int(3)
  ["x"]=>
  NULL
}
array(2) {
  ["k"]=>
  int(10)
  ["l"]=>
  int(20)
}
array(2) {
  [0]=>
  float(%f)
  [1]=>
  float(%f)
}
array(0) {
}
array(0) {
}
int(15)
int(100)
bool(true)
ValueError(0): Async\ThreadPool::map(): Argument #3 ($chunk) must be greater than or equal to 0
LogicException(0): from progress
TypeError(0): Async\ThreadPool::map(): Argument #1 ($items) must be of type %s
