--TEST--
Waiting costs no processor time: 100 futures pending for seconds, in main, in a thread and in a pool's workers
--FILE--
<?php
use Async\{Future, FutureState, Thread, ThreadPool};
use function Async\{await, await_all, delay, spawn, suspend};

function processor_time(): int // microseconds, of the whole process
{
    ['ru_utime.tv_sec' => $us, 'ru_utime.tv_usec' => $u, 'ru_stime.tv_sec' => $ss, 'ru_stime.tv_usec' => $s] = getrusage();
    return ($us + $ss) * 1_000_000 + $u + $s;
}
function pending(): array
{
    $states = $waiting = [];
    for ($i = 0; $i < 100; $i++) {
        $states[] = $state = new FutureState;
        $waiting[] = spawn(fn () => await(new Future($state)));
    }
    return [$states, $waiting];
}
$pool = new ThreadPool(2);
await_all([$pool->submit(fn () => 1), $pool->submit(fn () => 2)]);
$go = new FutureState;
$thread = new Thread(function () use ($go) {
    [$states, $waiting] = pending();
    suspend();
    $go->complete('ready');
    delay(3000);
    foreach ($states as $i => $state) { $state->complete($i); }
    return array_sum(await_all($waiting)[0]);
});
await(new Future($go));
[$states, $waiting] = pending();
suspend();
$before = processor_time();
delay(2500);
$used = processor_time() - $before;
echo $used < 10_000 ? "nothing to speak of\n" : "$used microseconds\n";
foreach ($states as $i => $state) { $state->complete($i); }
var_dump(array_sum(await_all($waiting)[0]), await($thread));
--EXPECT--
nothing to speak of
int(4950)
int(4950)
