--TEST--
A full queue suspends the submitting coroutine; others go on; a cancelled submitter queues nothing
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
use function Async\{spawn, suspend};
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(1, 1);
$running = $pool->submit(fn () => pass($address));
$here = await_arrival($gate);
$queued = $pool->submit(fn () => 'queued');
$waiting = spawn(function () use ($pool) { $f = $pool->submit(fn () => 'waited'); echo "submitted\n"; return $f->await(); });
$given_up = spawn(function () use ($pool) { $pool->submit(function () { echo "never\n"; }); });
$last = spawn(fn () => $pool->enqueue(fn () => 'last'));
for ($i = 0; $i < 5; $i++) suspend();
var_dump($pool->getPendingCount(), $waiting->isSuspended(), $given_up->isSuspended());
$given_up->cancel();
show(fn () => Async\await($given_up));
unset($here);
show(fn () => Async\await($waiting));
show(fn () => Async\await($last));
show(fn () => $queued->await());
var_dump($pool->getCompletedCount());
--EXPECT--
int(1)
bool(true)
bool(true)
Async\AsyncCancellation(0): The task was cancelled
submitted
"waited"
"last"
"queued"
int(4)
