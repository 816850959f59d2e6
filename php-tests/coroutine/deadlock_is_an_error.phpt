--TEST--
Waiting for what cannot come is a DeadlockError in main code
--FILE--
<?php
use function Async\{await, spawn};
try { await(new Async\Future(new Async\FutureState)); } catch (Async\DeadlockError $e) { echo $e->getMessage(), "\n"; }
$c = spawn(function () { try { await(new Async\Future(new Async\FutureState)); } finally { echo "finally\n"; } });
try { await($c); } catch (Async\DeadlockError $e) { echo $e->getMessage(), "\n"; }
register_shutdown_function(fn () => print("shutdown\n"));
echo "end\n";
--EXPECTF--
Nothing is left that could end this wait
Nothing is left that could end this wait; 1 coroutine waits as well
end

Warning: Uncaught Async\DeadlockError: Nothing is left that could end this wait; 1 coroutine waits as well in %a
finally
shutdown
