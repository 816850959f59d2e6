--TEST--
actor_stop() ends an actor
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function x() { return 'x'; }
}
$a = new A;
echo $a->x(), "\n";
Async\actor_stop($a);
try { $a->x(); } catch (Async\ActorException $e) { echo $e->getMessage(), "\n"; }
var_dump(Async\actor_stats($a)['alive']);
--EXPECT--
x
A#1 is not there any more: it was stopped
bool(false)
