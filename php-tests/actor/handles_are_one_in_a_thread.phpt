--TEST--
Handles of one actor are one object in a thread, and equal; they cross threads
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function __construct(private string $name) {}
    public function name() { return $this->name; }
    public function me() { return $this; }
    public function same(A $other) { return $other === $this->me() || $other == $this; }
    public function ask(A $other) { return $other->name(); }
}
$a = new A('a'); $b = new A('b');
var_dump($a->me() === $a, $a == $b, $a == $a->me(), $a === $b);
var_dump($b->ask($a));
$t = new Async\Thread(fn() => [$a->name(), $a, (new A('c'))->ask($b)]);
[$name, $back, $c] = $t->join();
var_dump($name, $back === $a, $c);
--EXPECT--
bool(true)
bool(false)
bool(true)
bool(false)
string(1) "a"
string(1) "a"
bool(true)
string(1) "b"
