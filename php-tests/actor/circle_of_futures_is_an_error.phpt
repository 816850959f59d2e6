--TEST--
An actor that awaits the future of an actor that waits for it gets a DeadlockError
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function go(A $other) { return Async\await($other->backAsync($this)); }
    public function back(A $caller) { return $caller->name(); }
    public function name() { return 'name'; }
}
$a = new A; $b = new A;
try { $a->go($b); } catch (Async\DeadlockError $e) { echo preg_replace('/#\d/', '#n', $e->getMessage()), "\n"; }
echo $a->name(), "\n";
--EXPECT--
This call would wait for itself: A#n → A#n → A#n
name
