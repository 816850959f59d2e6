--TEST--
instanceof, type declarations, ==, === and get_class see an actor of its class
--EXTENSIONS--
async_threads
--FILE--
<?php
interface Named { public function name(): string; }
trait Counts { private int $count = 0; public function count(): int { return ++$this->count; } }
abstract class Base extends Async\Actor implements Named { const KIND = 'base'; abstract public function kind(): string; public function name(): string { return static::class . ' ' . static::KIND . ' ' . $this->kind(); } }
final class A extends Base { use Counts; const KIND = 'a'; public static int $made = 0; public function kind(): string { return 'kind'; } public function isSame(A $other) { return [$other === $this, $other == $this, $this == $other, $this == clone_of($this), $this instanceof $other, $other instanceof $this, $other instanceof A, $this instanceof A, get_class($other)]; } }
class Holder { public A $typed; public Named|int $union = 1; }
function typed(A $a, Base $b, Named $n, Async\Actor $x): A { return $a; }
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A; $b = new A;
$try(fn() => [$a instanceof A, $a instanceof Base, $a instanceof Named, $a instanceof Async\Actor, $a instanceof Countable, $a instanceof $b]);
$try(fn() => typed($a, $a, $a, $a) === $a);
$try(fn() => (function () use ($a) { $h = new Holder; $h->typed = $a; $h->union = $a; return $h->typed === $h->union; })());
$try(fn() => [$a == $b, $a === $b, $a == clone_of($a), $a <=> $b, in_array($a, [$b, $a], true), array_search($a, [$b, $a])]);
function clone_of($a) { return $a; }
$try(fn() => [get_class($a), $a::class, get_debug_type($a), gettype($a), $a::KIND, A::KIND, is_a($a, 'Base'), is_object($a), is_iterable($a), is_countable($a)]);
$try(fn() => [get_parent_class($a), is_subclass_of($a, 'A'), is_subclass_of($a, 'Base'), array_values(class_parents($a)), array_values(class_implements($a)), array_values(class_uses($a))]);
$r = new ReflectionClass($a);
$try(fn() => [$r->getName(), $r->getParentClass()->getName(), $r->isFinal(), $r->isInstance($a), (new ReflectionClass('A'))->isInstance($a), (new ReflectionObject($a))->getParentClass()->getName(), $r->isUserDefined(), $r->isSubclassOf('A')]);
$try(fn() => [(new ReflectionMethod($a, 'count'))->class, (string) (new ReflectionMethod($a, 'kind'))->getReturnType(), (new ReflectionProperty($a, 'count'))->class, (new ReflectionClassConstant($a, 'KIND'))->getValue(), (new ReflectionParameter([$a, 'isSame'], 0))->getName()]);
$try(fn() => $a->isSame($a));
$try(fn() => $a->isSame($b));
$try(fn() => $a->name() . $a->count() . $a->count());
A::$made = 5; $a::$made++;
$try(fn() => [A::$made, $a::$made]);
$try(fn() => new Base);
$try(fn() => (new $a)->count());
$try(fn() => [spl_object_id($a) === spl_object_id($a), (new WeakReferenceHolder($a))->same($a)]);
class WeakReferenceHolder { private $w; function __construct($a) { $this->w = WeakReference::create($a); } function same($a) { return $this->w->get() === $a; } }
--EXPECT--
array(6) {
  [0]=>
  bool(true)
  [1]=>
  bool(true)
  [2]=>
  bool(true)
  [3]=>
  bool(true)
  [4]=>
  bool(false)
  [5]=>
  bool(true)
}
bool(true)
bool(true)
array(6) {
  [0]=>
  bool(false)
  [1]=>
  bool(false)
  [2]=>
  bool(true)
  [3]=>
  int(1)
  [4]=>
  bool(true)
  [5]=>
  int(1)
}
array(10) {
  [0]=>
  string(1) "A"
  [1]=>
  string(1) "A"
  [2]=>
  string(1) "A"
  [3]=>
  string(6) "object"
  [4]=>
  string(1) "a"
  [5]=>
  string(1) "a"
  [6]=>
  bool(true)
  [7]=>
  bool(true)
  [8]=>
  bool(false)
  [9]=>
  bool(false)
}
array(6) {
  [0]=>
  string(4) "Base"
  [1]=>
  bool(false)
  [2]=>
  bool(true)
  [3]=>
  array(2) {
    [0]=>
    string(4) "Base"
    [1]=>
    string(11) "Async\Actor"
  }
  [4]=>
  array(1) {
    [0]=>
    string(5) "Named"
  }
  [5]=>
  array(1) {
    [0]=>
    string(6) "Counts"
  }
}
array(8) {
  [0]=>
  string(1) "A"
  [1]=>
  string(4) "Base"
  [2]=>
  bool(true)
  [3]=>
  bool(true)
  [4]=>
  bool(true)
  [5]=>
  string(4) "Base"
  [6]=>
  bool(true)
  [7]=>
  bool(false)
}
array(5) {
  [0]=>
  string(1) "A"
  [1]=>
  string(6) "string"
  [2]=>
  string(1) "A"
  [3]=>
  string(1) "a"
  [4]=>
  string(5) "other"
}
array(9) {
  [0]=>
  bool(false)
  [1]=>
  bool(true)
  [2]=>
  bool(true)
  [3]=>
  bool(true)
  [4]=>
  bool(false)
  [5]=>
  bool(true)
  [6]=>
  bool(true)
  [7]=>
  bool(true)
  [8]=>
  string(1) "A"
}
array(9) {
  [0]=>
  bool(false)
  [1]=>
  bool(false)
  [2]=>
  bool(false)
  [3]=>
  bool(true)
  [4]=>
  bool(false)
  [5]=>
  bool(true)
  [6]=>
  bool(true)
  [7]=>
  bool(true)
  [8]=>
  string(1) "A"
}
string(10) "A a kind12"
array(2) {
  [0]=>
  int(6)
  [1]=>
  int(6)
}
Error: Cannot instantiate abstract class Base
int(1)
array(2) {
  [0]=>
  bool(true)
  [1]=>
  bool(true)
}
