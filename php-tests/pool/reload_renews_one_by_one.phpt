--TEST--
reload(): all workers start afresh, one by one, between two tasks; nothing is refused
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
class State { public static int $n = 0; }
$pool = new ThreadPool(2);
$restarts = fn () => array_column($pool->stats()['workers'], 'restarts');
// A worker that begins only now is fresh anyway: let both have begun.
while (in_array(0, array_column($pool->stats()['workers'], 'tasks'))) {
    $pool->map(range(1, 20), function () { State::$n = 1; }, 1);
}
$pool->reload();
while ($restarts() !== [1, 1]) Async\delay(1);
var_dump(array_unique($pool->map(range(1, 20), fn () => State::$n, 1)));

// A worker that is busy is renewed when it is done.
$gate = open_gate();
$address = address_of($gate);
$busy = $pool->submit(fn () => pass($address));
$here = await_arrival($gate);
$pool->reload();
while (array_sum($restarts()) !== 3) $pool->enqueue(fn () => 1);
show(fn () => $pool->enqueue(fn () => 'served meanwhile'));
unset($here);
$busy->await();
while ($restarts() !== [2, 2]) $pool->enqueue(fn () => 1);
echo "all\n";
--EXPECT--
array(1) {
  [0]=>
  int(0)
}
"served meanwhile"
all
