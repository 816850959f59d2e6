--TEST--
What the closure returns comes back from join() and await()
--FILE--
<?php
use Async\Thread;
use function Async\await;

$thread = new Thread(fn () => 6 * 7);
var_dump($thread->join());
var_dump(await($thread));
var_dump(await(new Thread(fn () => ['a' => [1, 2.5, null, true], 'b' => 'text'])));
var_dump((new Thread(function () {}))->join());
--EXPECT--
int(42)
int(42)
array(2) {
  ["a"]=>
  array(4) {
    [0]=>
    int(1)
    [1]=>
    float(2.5)
    [2]=>
    NULL
    [3]=>
    bool(true)
  }
  ["b"]=>
  string(4) "text"
}
NULL
