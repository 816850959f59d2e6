--TEST--
Tasks that need each other all begin where there is room for them, also right after many tiny ones: none is left to a worker that has room for but one
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\ThreadPool;

/** In main: whether so many have arrived. All go on after that. */
function meet($gate, int $count): bool
{
    $arrived = [];
    while (count($arrived) < $count) {
        $arrived[] = $stream = @stream_socket_accept($gate, 10);
        if (!$stream) {
            // Or those that wait at it would hold up the end.
            fclose($gate);
            return false;
        }
    }
    return true;
}

function busy(int $ns): void
{
    $end = hrtime(true) + $ns;
    while (hrtime(true) < $end);
}

mt_srand(2);
$gate = open_gate();
$tiny = static fn () => null;

// Four places in two threads. Submitted at once, or the first one a little earlier.
$pool = new ThreadPool(workers: 2, coroutine: true, concurrency: 2);
for ($round = $met = 0; $round < 100 && $met === $round; $round++) {
    for ($i = 0; $i < 3; $i++) {
        foreach (array_map(fn () => $pool->submit($tiny), range(1, 40)) as $future) {
            $future->await();
        }
    }
    for ($i = mt_rand(0, 60); $i > 0; $i--) {
        $pool->enqueue($tiny);
    }
    $futures = [$pool->submit(pass(...), address_of($gate))];
    busy(mt_rand(0, 8) * 1000);
    for ($i = 0; $i < 3; $i++) {
        $futures[] = $pool->submit(pass(...), address_of($gate));
    }
    $met += meet($gate, 4);
    foreach ($met > $round ? $futures : [] as $future) {
        $future->await();
    }
}
echo $met === $round ? "coroutines meet\n" : "coroutines have not met in round $round\n";

// Of five workers one waits for a task of its own, and so is there for others of the same work.
$pool = new ThreadPool(workers: 5);
$work = static function (ThreadPool $pool, string $gate, int $seed) use ($tiny) {
    mt_srand($seed);
    $waits = $pool->submit(static fn (ThreadPool $pool, string $gate) => $pool->enqueue(pass(...), $gate), $pool, $gate);
    for ($i = 0; $i < 3; $i++) {
        $futures = array_map(fn () => $pool->submit($tiny), range(1, 60));
        busy(300_000);
    }
    for ($i = mt_rand(0, 6); $i > 0; $i--) {
        $futures[] = $pool->submit($tiny);
        busy(15_000);
    }
    $futures[] = $pool->submit(pass(...), $gate);
    busy(mt_rand(0, 8) * 1000);
    $futures[] = $pool->submit(pass(...), $gate);
    $futures[] = $pool->submit(pass(...), $gate);
    pass($gate);
    foreach ([...$futures, $waits] as $future) {
        $future->await();
    }
};
for ($round = $met = 0; $round < 100 && $met === $round; $round++) {
    $future = $pool->submit($work, $pool, address_of($gate), $round);
    $met += meet($gate, 5);
    if ($met > $round) {
        $future->await();
    }
}
echo $met === $round ? "those that wait for others meet\n" : "those that wait for others have not met in round $round\n";
?>
--EXPECT--
coroutines meet
those that wait for others meet
