--TEST--
Private and protected methods cannot be called on a handle, from outside or from another actor of the class; where the caller cannot see one, __call answers as for any object
--EXTENSIONS--
async_threads
--FILE--
<?php
class P extends Async\Actor {
    private function hidden() { return 'P'; }
    protected function prot() { return 'prot'; }
    public function viaParent($other) { return $other->hidden(); }
    public function own() { return $this->hidden(); }
}
final class A extends P {
    private function hidden() { return 'A'; }
    public function call(A $other) { return $other->hidden(); }
    public function callProt(A $other) { return $other->prot(); }
    public function mine() { return $this->hidden() . $this->prot(); }
}
final class M extends Async\Actor {
    private function hidden() { return 'M'; }
    public function __call($name, $args) { return "magic $name"; }
    public function call(M $other) { return $other->hidden(); }
    public function mine() { return $this->hidden(); }
}
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A; $b = new A; $m = new M;
for ($i = 0; $i < 2; $i++) {
    $try(fn() => $a->hidden());
    $try(fn() => $a->hiddenAsync());
    $try(fn() => $a->call($b));
    $try(fn() => $a->callProt($b));
    $try(fn() => $a->viaParent($b));
    $try(fn() => $a->mine() . $a->own());
    $try(fn() => $m->hidden());
    $try(fn() => $m->hiddenAsync()->await());
    $try(fn() => [$m, 'hidden']());
    $try(fn() => $m->call(new M));
    $try(fn() => $m->mine());
}
--EXPECT--
Error: Call to private method A::hidden() of an actor: only public methods are messages
Error: Call to undefined method A::hiddenAsync()
Error: Call to private method A::hidden() of an actor: only public methods are messages
Error: Call to protected method A::prot() of an actor: only public methods are messages
Error: Call to private method A::hidden() of an actor: only public methods are messages
string(6) "AprotP"
string(12) "magic hidden"
string(12) "magic hidden"
string(12) "magic hidden"
Error: Call to private method M::hidden() of an actor: only public methods are messages
string(1) "M"
Error: Call to private method A::hidden() of an actor: only public methods are messages
Error: Call to undefined method A::hiddenAsync()
Error: Call to private method A::hidden() of an actor: only public methods are messages
Error: Call to protected method A::prot() of an actor: only public methods are messages
Error: Call to private method A::hidden() of an actor: only public methods are messages
string(6) "AprotP"
string(12) "magic hidden"
string(12) "magic hidden"
string(12) "magic hidden"
Error: Call to private method M::hidden() of an actor: only public methods are messages
string(1) "M"
