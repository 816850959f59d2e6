--TEST--
Where a coroutine was made, where it waits, how it came there; callbacks at its end
--FILE--
<?php
use function Async\{await, spawn, suspend};
function waits() { suspend(); return 1; }
$c = spawn(fn () => waits());
echo basename($c->getSpawnLocation()) === basename(__FILE__) . ":4" ? "spawned\n" : $c->getSpawnLocation();
var_dump($c->getSuspendLocation(), $c->getTrace());
suspend();
var_dump($c->getSpawnFileAndLine()[1], $c->getSuspendFileAndLine()[1], $c->isSuspended() || $c->isQueued(), array_column($c->getTrace(), "function")[1]);
$c->finally(fn () => print("ended\n"));
await($c); suspend();
$c->finally(fn () => print("at once\n"));
--EXPECT--
spawned
string(0) ""
array(0) {
}
int(4)
int(3)
bool(true)
string(5) "waits"
ended
at once
