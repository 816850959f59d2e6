--TEST--
Cancelling a coroutine that has not started, waits, runs, is protected, has ended
--FILE--
<?php
use function Async\{await, delay, protect, spawn, suspend};
function outcome($c) { try { return await($c); } catch (Async\AsyncCancellation $e) { return get_class($e) . ": " . $e->getMessage(); } }
$c = spawn(fn () => print("never\n")); $c->cancel(); $c->cancel();
echo outcome($c), " ", json_encode([$c->isCancelled(), $c->isStarted()]), "\n";
$c = spawn(function () { try { delay(60000); } finally { echo "finally\n"; suspend(); echo "still in finally\n"; } });
suspend(); $c->cancel(new Async\AsyncCancellation("because")); echo outcome($c), "\n";
$c = spawn(function () { Async\current_coroutine()->cancel(); echo "goes on\n"; suspend(); echo "never\n"; });
echo outcome($c), "\n";
$c = spawn(function () { try { protect(function () { suspend(); suspend(); echo "protected\n"; }); echo "never\n"; } catch (Async\AsyncCancellation $e) { echo "after it\n"; return "caught"; } });
suspend(); $c->cancel(); echo outcome($c), " ", json_encode([$c->isCancelled(), $c->isCancellationRequested()]), "\n";
$c->cancel(); echo outcome($c), "\n";
--EXPECT--
Async\AsyncCancellation: The task was cancelled [true,false]
finally
still in finally
Async\AsyncCancellation: because
goes on
Async\AsyncCancellation: The task was cancelled
protected
after it
caught [false,true]
caught
