--TEST--
coroutine: true: a fatal error takes along what its worker had begun, not what is queued
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(1, 100, coroutine: true, concurrency: 2);
$beside = $pool->submit(function () use ($address) { arrive($address); Async\delay(60_000); });
$here = await_arrival($gate);
$dies = $pool->submit(function () { ini_set('memory_limit', '4M'); str_repeat('x', 50_000_000); });
$queued = array_map(fn ($n) => $pool->submit(fn () => $n), range(1, 20));
show(fn () => $dies->await());
show(fn () => $beside->await());
show(fn () => array_sum(array_map(fn ($f) => $f->await(), $queued)));
var_dump($pool->getCompletedCount(), array_sum(array_column($pool->stats()['workers'], 'tasks')), count($pool));
--EXPECTF--
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S(tried to allocate %d bytes)
Async\ThreadFatalError(0): The worker died of a fatal error in another task that it was running in the meantime
210
int(22)
int(22)
int(0)
