--TEST--
Methods of engine interfaces are messages, but for iteration, which is refused
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor implements Countable, ArrayAccess, IteratorAggregate, JsonSerializable, Stringable {
    private array $d = ['a' => 1];
    public function count(): int { return count($this->d); }
    public function offsetExists(mixed $k): bool { return isset($this->d[$k]); }
    public function offsetGet(mixed $k): mixed { return $this->d[$k] ?? null; }
    public function offsetSet(mixed $k, mixed $v): void { if ($k === null) $this->d[] = $v; else $this->d[$k] = $v; }
    public function offsetUnset(mixed $k): void { unset($this->d[$k]); }
    public function getIterator(): Iterator { return new ArrayIterator($this->d); }
    public function jsonSerialize(): mixed { return $this->d; }
    public function __toString(): string { return 'text'; }
    public function __get($n) { return "got $n"; }
    public function __set($n, $v) { $this->d[$n] = $v; }
    public function __isset($n) { return isset($this->d[$n]); }
    public function __unset($n) { unset($this->d[$n]); }
}
class I extends Async\Actor implements Iterator {
    public function current(): mixed { return 1; } public function key(): mixed { return 1; } public function next(): void {} public function rewind(): void {} public function valid(): bool { return false; }
}
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
for ($i = 0; $i < 10; $i++) { $a['k'] = $i; $a[] = $i; $x = $a['k'] + count($a); isset($a['k']); unset($a['zz']); "$a"; }
$try(fn() => [$x, count($a), isset($a['k']), isset($a['no']), empty($a['k']), $a['no'] ?? 'default', "$a", strlen($a)]);
unset($a['k']);
$a->prop = 3; unset($a->nothing);
$try(fn() => [isset($a->prop), isset($a->none), $a->prop, $a->none, isset($a['k'])]);
$try(fn() => json_encode($a));
$try(function () use ($a) { foreach ($a as $x) echo 'never'; });
$try(function () { foreach (new I as $x) echo 'never'; });
$try(fn() => iterator_to_array($a));
$try(fn() => [...$a]);
$try(fn() => (new I)->current());
$try(fn() => $a->getIterator());
$try(function () use ($a) { (function () use ($a) { yield from $a; })()->current(); });
--EXPECT--
array(8) {
  [0]=>
  int(21)
  [1]=>
  int(12)
  [2]=>
  bool(true)
  [3]=>
  bool(false)
  [4]=>
  bool(false)
  [5]=>
  string(7) "default"
  [6]=>
  string(4) "text"
  [7]=>
  int(4)
}
array(5) {
  [0]=>
  bool(true)
  [1]=>
  bool(false)
  [2]=>
  string(8) "got prop"
  [3]=>
  string(8) "got none"
  [4]=>
  bool(false)
}
string(76) "{"a":1,"0":0,"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"prop":3}"
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
Error: Cannot iterate over an actor of class I from outside: call a method that gives an array
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
int(1)
object(ArrayIterator)#4 (1) {
  ["storage":"ArrayIterator":private]=>
  array(12) {
    ["a"]=>
    int(1)
    [0]=>
    int(0)
    [1]=>
    int(1)
    [2]=>
    int(2)
    [3]=>
    int(3)
    [4]=>
    int(4)
    [5]=>
    int(5)
    [6]=>
    int(6)
    [7]=>
    int(7)
    [8]=>
    int(8)
    [9]=>
    int(9)
    ["prop"]=>
    int(3)
  }
}
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
