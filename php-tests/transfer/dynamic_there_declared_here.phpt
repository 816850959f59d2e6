--TEST--
A dynamic property that is a declared one in the receiver, and a class that is Transferable on one side only, are refused
--FILE--
<?php
#[AllowDynamicProperties] class D { public int $x = 1; }
class Base { private $x = 'own'; public function own() { return $this->x; } }
#[AllowDynamicProperties] class Child extends Base {}
class T { public $z = 5; public function restore($s) { return new stdClass; } }
function back(string $code) {
    try { return Async\spawn_thread(static fn () => eval($code), false)->join(); } catch (Async\ThreadTransferException $e) { return $e->getMessage(); }
}
echo back('#[AllowDynamicProperties] class D {} $d = new D; $d->x = "text"; $d->y = 2; return $d;'), "\n";
echo json_encode(back('#[AllowDynamicProperties] class D { public int $x; } $d = new D; $d->x = 3; $d->y = 2; return $d;')), "\n";
echo back('class T implements Async\Transferable { public function transfer(): mixed { return 1; } public static function restore(mixed $s): static { return new static; } } return new T;'), "\n";

// A private property of an ancestor is another one.
$child = new Child;
$child->x = 'dynamic';
$there = (new Async\Thread(fn ($v) => [$v, $v->x, $v->own()], $child))->join();
var_dump($there[0]->x, $there[0]->own(), $there[1], $there[2]);
?>
--EXPECT--
Cannot restore D: its property $x was a dynamic one there
{"x":3,"y":2}
Cannot restore T: it is another kind of class here
string(7) "dynamic"
string(3) "own"
string(7) "dynamic"
string(3) "own"
