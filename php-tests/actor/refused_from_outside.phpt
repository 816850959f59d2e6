--TEST--
What a handle refuses, each with a reason
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor implements Countable, ArrayAccess, IteratorAggregate {
    public $open = 1; private $closed = 2;
    public function byRef(array &$x) {}
    private function priv() {}
    protected function prot() {}
    public function gen() { yield 1; }
    public function count(): int { return 7; }
    public function offsetGet(mixed $k): mixed { return "got $k"; }
    public function offsetSet(mixed $k, mixed $v): void {}
    public function offsetExists(mixed $k): bool { return $k === 'yes'; }
    public function offsetUnset(mixed $k): void {}
    public function getIterator(): Iterator { return new ArrayIterator([1]); }
    public function __toString(): string { return 'text'; }
    public function __invoke($x) { return "invoked $x"; }
}
$a = new A;
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$try(fn() => $a->byRef($z));
$try(fn() => $a->priv());
$try(fn() => $a->prot());
$try(fn() => $a->nope());
$try(fn() => $a->open);
$try(fn() => $a->open = 1);
$try(fn() => isset($a->open));
$try(function () use ($a) { unset($a->open); });
$try(fn() => clone $a);
$try(fn() => serialize($a));
$try(function () use ($a) { foreach ($a as $x) echo "never"; });
$try(fn() => $a->gen());
$try(fn() => count($a));
$try(fn() => $a['k']);
$try(fn() => isset($a['yes']));
$try(fn() => "$a");
$try(fn() => $a(5));
$try(fn() => json_encode($a));
$try(fn() => array_map([$a, 'offsetGet'], ['x']));
--EXPECT--
Error: A::byRef() takes $x by reference, which a message to an actor cannot; return the value instead
Error: Call to private method A::priv() of an actor: only public methods are messages
Error: Call to protected method A::prot() of an actor: only public methods are messages
Error: Call to undefined method A::nope()
Error: Cannot read A::$open: properties of an actor are private to it; call a method instead
Error: Cannot write A::$open: properties of an actor are private to it; call a method instead
Error: Cannot test A::$open: properties of an actor are private to it; call a method instead
Error: Cannot unset A::$open: properties of an actor are private to it; call a method instead
Error: Trying to clone an actor of class A: its state lives in one place; make a new one instead
Exception: Serialization of 'A' is not allowed
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
Async\ThreadTransferException: Cannot transfer return value: Generator is not transferable
int(7)
string(5) "got k"
bool(true)
string(4) "text"
string(9) "invoked 5"
string(2) "{}"
array(1) {
  [0]=>
  string(5) "got x"
}
