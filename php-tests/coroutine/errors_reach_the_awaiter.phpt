--TEST--
An error reaches whoever awaits; one that nobody asks for is reported with the place of the spawn
--FILE--
<?php
use function Async\{await, spawn, suspend};
$c = spawn(fn () => throw new LogicException("mine"));
try { await($c); } catch (LogicException $e) { echo $e->getMessage(), "\n"; }
spawn(fn () => throw new LogicException("lost"));
suspend(); suspend();
$held = spawn(fn () => throw new LogicException("held"));
suspend(); suspend();
echo "end\n";
--EXPECTF--
mine

Warning: Uncaught LogicException: lost in %s:%d
Stack trace:
%a
  in the coroutine spawned at %s:5, thrown in %s on line 5
end

Warning: Uncaught LogicException: held in %s:%d
Stack trace:
%a
  in the coroutine spawned at %s:7, thrown in %s on line 7
