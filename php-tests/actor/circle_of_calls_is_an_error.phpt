--TEST--
A chain of calls that comes back to a waiting actor is a DeadlockError
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function ping(A $other) { return $other->pong($this); }
    public function pong(A $back) { return $back->name(); }
    public function name() { return 'name'; }
    public function self(A $me) { return $me->name(); }
}
$a = new A; $b = new A;
try { $a->ping($b); } catch (Async\DeadlockError $e) { echo $e->getMessage(), "\n"; }
try { $a->self($a); } catch (Async\DeadlockError $e) { echo $e->getMessage(), "\n"; }
echo $a->name(), $b->name(), "\n";
--EXPECT--
This call would wait for itself: A#2 → A#1 → A#2
This call would wait for itself: A#1 → A#1
namename
