--TEST--
A handle whose constructor has not run, or failed, throws when it is called
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor { public function __construct(bool $fail = false) { if ($fail) throw new DomainException('failed'); } public function hi() { return 'hi'; } public function __get($n) { return $n; } }
class B extends Async\Actor { public function __construct() {} public function hi() { return 'hi'; } }
class NoParent extends A { public function __construct() {} }
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = (new ReflectionClass('A'))->newInstanceWithoutConstructor();
$try(fn() => $a->hi());
$try(fn() => $a->hiAsync());
$try(fn() => $a->x);
$try(fn() => Async\actor_stats($a));
$try(fn() => Async\actor_stop($a));
$try(fn() => new A(true));
$try(fn() => $a == $a);
$try(fn() => $a == (new ReflectionClass('A'))->newInstanceWithoutConstructor());
var_dump($a);
$try(function () { $a = (new ReflectionClass('A'))->newInstanceWithoutConstructor(); $a->__construct(); return $a->hi(); });
$try(function () { $a = new A; $a->__construct(); });
$try(fn() => (new NoParent)->hi());
$try(fn() => Async\await(Async\spawn_thread(fn() => $a)));
$try(fn() => (new ReflectionClass('A'))->newInstance()->hi());
$try(fn() => (new ReflectionClass('A'))->newInstanceArgs([false])->hi());
--EXPECT--
Error: This A has not been started: its constructor has not run
Error: This A has not been started: its constructor has not run
Error: This A has not been started: its constructor has not run
TypeError: Async\actor_stats(): Argument #1 ($actor) must be an actor that has been started
TypeError: Async\actor_stop(): Argument #1 ($actor) must be an actor that has been started
DomainException: failed
bool(true)
bool(false)
object(A)#3 (0) {
}
string(2) "hi"
Error: The actor has been constructed already
string(2) "hi"
Async\ThreadTransferException: Cannot transfer $a: A is not transferable
string(2) "hi"
string(2) "hi"
