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
$stuck = $pool->submit(function () use ($address) { arrive($address); hash_pbkdf2('sha512', 'a', 'b', 5_000_000); return 'late'; });
$here = await_arrival($gate);
// Before the call has begun, its task could still be interrupted: it has when so much processor time is gone.
$used = fn () => getrusage()['ru_utime.tv_sec'] * 1e6 + getrusage()['ru_utime.tv_usec'];
for ($before = $used(); $used() < $before + 50_000;) {
    usleep(5000);
}
$stuck->cancel();
$next = $pool->submit(fn () => 'the worker has been replaced');
show(fn () => $stuck->await());
show(fn () => $next->await());
echo $pool->stats()['workers'][0]['restarts'], " replaced\n";
var_dump((hrtime(true) - $from) / 1e9 < 9, $pool->getWorkerCount(), $pool->getCompletedCount(), count($pool));
--EXPECT--
Async\AsyncCancellation(0): The task was cancelled
"the worker has been replaced"
1 replaced
bool(true)
int(1)
int(2)
int(0)
