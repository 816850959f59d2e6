--TEST--
An instance refuses to be cloned and serialised inside its actor too; its own state may be
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private array $list = [1]; public int $open = 2;
    public function clone() { return clone $this; }
    public function serialize() { return serialize($this); }
    public function nested() { return serialize(['x' => $this]); }
    public function state() { return [unserialize(serialize(get_object_vars($this))), (array) $this === get_mangled_object_vars($this), json_encode($this)]; }
    public function dump() { ob_start(); var_dump($this); return preg_replace('/#\d+/', '#n', ob_get_clean()); }
    public function __clone() { echo 'never'; }
}
$a = new A;
foreach (['clone', 'serialize', 'nested', 'state', 'dump'] as $method) {
    try { $result = $a->$method(); echo is_string($result) ? $result : json_encode($result) . "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
--EXPECT--
Error: Trying to clone an actor of class A: its state lives in one place; make a new one instead
Exception: Serialization of 'A' is not allowed
Exception: Serialization of 'A' is not allowed
[{"list":[1],"open":2},true,"{\"open\":2}"]
object(A)#n (2) {
  ["list":"A":private]=>
  array(1) {
    [0]=>
    int(1)
  }
  ["open"]=>
  int(2)
}
