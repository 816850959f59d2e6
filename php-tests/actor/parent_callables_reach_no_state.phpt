--TEST--
A callable that names a class, which PHP resolves past the object, finds no state behind a handle
--EXTENSIONS--
async_threads
--FILE--
<?php
class P extends Async\Actor { protected $n = 1; public function set() { $this->n = 2; return 'set'; } public function get() { return $this->n; } public function pure() { return 'pure ' . $this::class; } }
class A extends P { public function set() { return 'own'; } }
error_reporting(E_ALL & ~E_DEPRECATED);
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
$try(fn() => call_user_func([$a, 'parent::set']));
$try(fn() => call_user_func([$a, 'P::get']));
$try(fn() => $a->get());
--EXPECT--
string(3) "own"
Error: Cannot read A::$n: properties of an actor are private to it; call a method instead
int(1)
