--TEST--
Garbage of a task is collected by its worker while it has nothing to do; destructors run then, and what they throw is reported and meets no task
--FILE--
<?php
require __DIR__ . '/gate.inc';
class Knot { public static int $gone = 0; public ?Knot $self = null; function __destruct() { if (self::$gone++ === 10) throw new LogicException('from a destructor'); } }
$pool = new Async\ThreadPool(1);
$pool->enqueue(static function () {
    for ($i = 0; $i < 2000; $i++) {
        $knot = new Knot;
        $knot->self = $knot;
    }
});
// No task is in the way of the collector here, and none makes it run.
for ($gone = 0; $gone < 2000; $gone = $pool->enqueue(static fn () => Knot::$gone)) {
    Async\delay(5);
}
var_dump($gone);
show(fn () => $pool->enqueue(static fn () => gc_status()['collected'] >= 2000));
var_dump($pool->stats()['workers'][0]['restarts'], $pool->getCompletedCount() > 2);
--EXPECTF--
%AWarning: Uncaught LogicException: from a destructor%Aint(2000)
true
int(0)
bool(true)
