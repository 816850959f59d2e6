--TEST--
A FutureState handed to a thread: waiters from before, one that is never received, one that is lost, a send that fails, cancelling
--FILE--
<?php
use Async\{Future, FutureState, Thread};
use function Async\{await, await_all, spawn, suspend};
function show($f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; } }

echo "-- a waiter from before the hand-over\n";
$s = new FutureState; $f = new Future($s);
$early = spawn(fn () => await($f));
suspend();
$t = new Thread(function () use ($s) { $s->complete([1, 2]); return $s->isCompleted(); });
show(fn () => [await($early), await($t), $f->isCompleted(), $s->isCompleted()]);
show(fn () => $s->complete(3));

echo "-- an error from there\n";
$s = new FutureState; $f = new Future($s);
$t = new Thread(fn () => $s->error(new DomainException('from there')));
show(fn () => await($f));
await($t);

echo "-- lost there\n";
$s = new FutureState; $f = new Future($s);
$t = new Thread(function () use ($s) { unset($s); return 'done'; });
show(fn () => await($f));
await($t);

echo "-- handed over once\n";
$s = new FutureState; $f = new Future($s); $go = new FutureState; $gone = new Future($go);
$t = new Thread(function () use ($s) { usleep(1000); $s->complete('once'); });
show(fn () => new Thread(fn () => $s->complete('twice')));
show(fn () => await($f));
await($t);
show(fn () => $s->complete('here'));

echo "-- a send that fails changes nothing\n";
$s = new FutureState; $f = new Future($s); $r = fopen('php://memory', 'r');
show(fn () => new Thread(function () use ($s, $r) {}));
$t = new Thread(fn () => $s->complete('sent again'));
show(fn () => await($f));
await($t);
$s = new FutureState; $f = new Future($s);
show(fn () => new Thread(function () use ($s, $r) {}));
$s->complete('resolved here after all');
show(fn () => await($f));

echo "-- never received\n";
$s = new FutureState; $f = new Future($s);
$pool = new Async\ThreadPool(1, 4);
$block = $pool->submit(function () { while (true) usleep(1000); });
$never = $pool->submit(function () use ($s) { $s->complete('never'); });
$never->cancel();
$waiter = spawn(fn () => await($f));
suspend();
$pool->cancel();
$s->complete('taken back');
show(fn () => await($waiter));
$s = new FutureState; $f = new Future($s); $s2 = [$s];
try { new Thread(function () use ($s2, $r) {}); } catch (Async\ThreadTransferException) {}
unset($s, $s2);
show(fn () => await($f));

echo "-- cancelled while it is away\n";
$s = new FutureState; $f = new Future($s);
$t = new Thread(function () use ($s) { usleep(1000); $s->complete('too late'); return 'fine'; });
$f->cancel();
show(fn () => await($f));
show(fn () => await($t));

echo "-- nothing of it can be sent on\n";
$s = new FutureState; $f = new Future($s);
show(fn () => await(new Thread(function () use ($s) {
    try { new Thread(fn () => $s); } catch (Throwable $e) { $s->complete(get_class($e)); }
})));
show(fn () => await($f));

echo "-- not for many\n";
$s = new FutureState; $f = new Future($s);
show(fn () => new Async\ThreadPool(2, bootloader: function () use ($s) { $s->complete(1); }));
$s->complete('still here');
show(fn () => await($f));

echo "-- many\n";
$futures = [];
$threads = [];
for ($i = 0; $i < 200; $i++) {
    $s = new FutureState;
    $futures[] = new Future($s);
    $threads[] = new Thread(fn () => $s->complete($i));
    unset($s);
}
show(fn () => array_sum(await_all($futures)[0]));
await_all($threads);
?>
--EXPECTF--
-- a waiter from before the hand-over
[[1,2],true,true,true]
Async\AsyncException: The FutureState is resolved already
-- an error from there
DomainException: from there
-- lost there
Async\ThreadFatalError: The FutureState was destroyed before it was resolved
-- handed over once
Async\ThreadTransferException: %s
"once"
Async\AsyncException: The FutureState is resolved already
-- a send that fails changes nothing
Async\ThreadTransferException: Cannot transfer $r: %s
"sent again"
Async\ThreadTransferException: Cannot transfer $r: %s
"resolved here after all"
-- never received
"taken back"
Async\DeadlockError: Nothing is left that could end this wait
-- cancelled while it is away
Async\AsyncCancellation: The future was cancelled
"fine"
-- nothing of it can be sent on
null
"Async\\ThreadTransferException"
-- not for many
Async\ThreadTransferException: Cannot transfer the bootloader: every worker runs it, and it holds a FutureState, which one thread alone may get
"still here"
-- many
19900
