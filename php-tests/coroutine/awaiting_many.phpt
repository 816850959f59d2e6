--TEST--
Waiting for many: all, all or the first error, the first end, the first success; tokens
--FILE--
<?php
use function Async\{await, await_all, await_all_or_fail, await_any_or_fail, await_first_success, delay, spawn, suspend, timeout};
function ok($x) { return spawn(function () use ($x) { suspend(); return $x; }); }
function bad($x) { return spawn(function () use ($x) { throw new LogicException($x); }); }
function show($f) { try { $r = $f(); } catch (Throwable $e) { $r = get_class($e) . ": " . $e->getMessage() . ($e->getPrevious() ? " / " . get_class($e->getPrevious()) : ""); } echo json_encode(is_array($r) ? array_map(fn ($p) => is_array($p) ? array_map(fn ($v) => $v instanceof Throwable ? $v->getMessage() : $v, $p) : $p, $r) : $r), "\n"; }
show(fn () => await_all(["a" => ok(1), "b" => bad("x"), "c" => ok(3)]));
show(fn () => await_all_or_fail(["a" => ok(1), 5 => ok(2)]));
show(fn () => await_all_or_fail([ok(1), bad("first"), ok(2)]));
show(fn () => await_any_or_fail([spawn(fn () => delay(60000)), spawn(fn () => "fast")]));
show(fn () => await_any_or_fail([bad("fast"), ok("slow")]));
show(fn () => await_first_success([bad("e"), ok("fine")]));
show(fn () => await_first_success(["k" => bad("e")]));
show(fn () => await_all((function () { yield "g" => ok(7); })()));
show(fn () => await_all([spawn(fn () => delay(60000))], timeout(1)));
foreach (Async\get_coroutines() as $c) { $c->cancel(); }
show(fn () => await_all([1]));
show(fn () => delay(-1));
$t = timeout(60000); $t->cancel();
show(fn () => [$t->isCompleted(), $t->isCancelled()]);
--EXPECT--
[{"a":1,"c":3},{"b":"x"}]
{"a":1,"5":2}
"LogicException: first"
"fast"
"LogicException: fast"
["fine",["e"]]
[null,{"k":"e"}]
[{"g":7},[]]
"Async\\OperationCanceledException: The awaiting was cancelled \/ Async\\TimeoutException"
"TypeError: Async\\await_all(): Argument #1 ($awaitables) must contain only objects of type Async\\Completable of this extension"
"ValueError: Async\\delay(): Argument #1 ($ms) must be greater than or equal to 0"
[true,true]
