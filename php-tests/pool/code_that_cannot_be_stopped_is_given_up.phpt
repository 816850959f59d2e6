--TEST--
A task inside one long internal call: its future is rejected in time, and its worker replaced
--FILE--
<?php
require __DIR__ . '/gate.inc';
$gate = open_gate();
$address = address_of($gate);
$pool = new Async\ThreadPool(1, 10);
$from = hrtime(true);
// Keyed 128-bit hashing of many rounds is one call of a C function; nothing reaches it.
$stuck = $pool->submit(function () use ($address) { arrive($address); hash_pbkdf2('sha512', 'a', 'b', 9_000_000); return 'late'; });
$here = await_arrival($gate);
$stuck->cancel();
$next = $pool->submit(fn () => 'the worker has been replaced');
show(fn () => $stuck->await());
show(fn () => $next->await());
var_dump((hrtime(true) - $from) / 1e9 < 9, $pool->getWorkerCount(), $pool->getCompletedCount(), count($pool));
--EXPECT--
Async\AsyncCancellation(0): The task was cancelled
"the worker has been replaced"
bool(true)
int(1)
int(2)
int(0)
