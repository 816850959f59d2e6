--TEST--
__call, __get and __set of an actor are messages
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private array $data = ['x' => 1];
    public function __call($name, $args) { return "$name(" . implode(',', $args) . ")"; }
    public function __get($name) { return $this->data[$name] ?? null; }
    public function __set($name, $value) { $this->data[$name] = $value; }
    public function __isset($name) { return isset($this->data[$name]); }
    public function __unset($name) { unset($this->data[$name]); }
}
$a = new A;
var_dump($a->anything(1, 2), $a->x, isset($a->y));
$a->y = [1, 2];
var_dump($a->y, isset($a->y));
unset($a->y);
var_dump(isset($a->y));
var_dump(Async\await($a->somethingAsync(3)));
--EXPECT--
string(13) "anything(1,2)"
int(1)
bool(false)
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(2)
}
bool(true)
bool(false)
string(12) "something(3)"
