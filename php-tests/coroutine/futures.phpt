--TEST--
Futures: resolved once, mapped, caught, followed, ignored, cancelled
--FILE--
<?php
use Async\{Future, FutureState};
use function Async\{await, spawn, suspend};
function show($f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; } }
$s = new FutureState; $f = new Future($s);
spawn(fn () => $s->complete(20));
show(fn () => $f->map(fn ($x) => $x + 1)->map(fn ($x) => $x * 2)->await());
show(fn () => $s->complete(1));
show(fn () => [$f->isCompleted(), $f->isCancelled(), $s->isCompleted(), await($f)]);
show(fn () => Future::failed(new LogicException("no"))->map(fn () => 1)->catch(fn ($e) => "caught " . $e->getMessage())->await());
show(fn () => Future::completed(5)->catch(fn () => 6)->finally(fn () => print("finally\n"))->await());
show(fn () => Future::completed(5)->map(fn () => throw new LogicException("in map"))->await());
Future::failed(new LogicException("ignored"))->ignore();
$s = new FutureState; $f = new Future($s); $f->cancel();
show(fn () => $f->await());
show(fn () => [$f->isCompleted(), $f->isCancelled()]);
Future::failed(new LogicException("nobody asks"));
--EXPECTF--
42
Async\AsyncException: The FutureState is resolved already
[true,false,true,20]
"caught no"
finally
5
LogicException: in map
Async\AsyncCancellation: The future was cancelled
[true,true]

Warning: Uncaught LogicException: nobody asks in %a
