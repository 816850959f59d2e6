--TEST--
coroutine: true: one worker runs several tasks while they wait, as many as concurrency says
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
class Meter { public static int $now = 0; public static int $most = 0; }
$task = function () {
    Meter::$most = max(Meter::$most, ++Meter::$now);
    for ($i = 0; $i < 20; $i++) Async\suspend();
    Meter::$now--;
    return Meter::$most;
};
$pool = new ThreadPool(1, 100, coroutine: true, concurrency: 3);
[$seen] = Async\await_all(array_map(fn () => $pool->submit($task), range(1, 30)));
var_dump(count($seen), max($seen));
$plain = new ThreadPool(1, 100, concurrency: 3);
[$seen] = Async\await_all(array_map(fn () => $plain->submit($task), range(1, 30)));
var_dump(count($seen), max($seen));

// Errors and cancellations concern their task alone.
$gate = open_gate();
$address = address_of($gate);
$waits = $pool->submit(function () { Async\delay(60_000); });
$loops = $pool->submit(function () use ($address) { arrive($address); while (true) Async\suspend(); });
$here = await_arrival($gate);
show(fn () => $pool->enqueue(fn () => exit(2)));
show(fn () => $pool->enqueue(fn () => throw new LogicException('one')));
show(fn () => $pool->enqueue(fn () => 'fine'));
$loops->cancel();
show(fn () => $loops->await());
var_dump($waits->isCompleted());
$waits->cancel();
show(fn () => $waits->await());
var_dump($pool->stats()['workers'][0]['restarts']);
--EXPECT--
int(30)
int(3)
int(30)
int(1)
Async\ThreadExitException(2): The thread called exit(2)
LogicException(0): one
"fine"
Async\AsyncCancellation(0): The task was cancelled
bool(false)
Async\AsyncCancellation(0): The task was cancelled
int(0)
