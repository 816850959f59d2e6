--TEST--
A pool's task that asks an actor that enqueues into the same pool: served by another worker, or an error that names the circle; never a hang
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
use Async\{Actor, ThreadPool};

class Desk extends Actor
{
    public function __construct(private ThreadPool $pool) {}
    public function work(int $n): int { return $this->pool->enqueue(fn (int $n) => $n + 1, $n); }
    public function again(Desk $desk, int $n): int { return $this->pool->enqueue(fn (Desk $desk, int $n) => $desk->work($n), $desk, $n); }
}

foreach ([2, 1] as $workers) {
    $pool = new ThreadPool($workers);
    $desk = new Desk($pool);
    echo $workers, ': ';
    try {
        echo $pool->enqueue(fn (Desk $desk) => $desk->work(1), $desk), "\n";
    } catch (Async\DeadlockError $e) {
        echo get_class($e), "\n";
    }
    // The actor waits for a task that waits for the actor.
    try {
        echo $desk->again($desk, 1), "\n";
    } catch (Async\DeadlockError $e) {
        echo strtok($e->getMessage(), ':'), "\n";
    }
    echo $pool->enqueue(fn () => 'goes on'), "\n";
    $pool->close();
}
// Many at once, with one worker: each is answered or told.
$pool = new ThreadPool(1, coroutine: true, concurrency: 8);
$desks = array_map(fn () => new Desk($pool), range(1, 8));
$calls = array_map(fn (Desk $desk) => $pool->submit(fn (Desk $desk) => $desk->work(1), $desk), $desks);
[$results, $errors] = Async\await_all($calls);
var_dump(count($results) + count($errors), array_unique(array_map(get_class(...), $errors)));
// The queue is full of tasks from outside while the only worker waits for an actor that enqueues one more.
$pool = new ThreadPool(1, 2);
$desk = new Desk($pool);
$calls = [];
for ($i = 0; $i < 6; $i++) {
    $calls[] = $pool->submit(fn (Desk $desk) => Async\await($desk->workAsync(1)), $desk);
}
var_dump(array_sum(array_map(fn ($call) => $call->await(), $calls)));
--EXPECT--
2: 2
This call would wait for itself
goes on
1: 2
This call would wait for itself
goes on
int(8)
array(0) {
}
int(12)
