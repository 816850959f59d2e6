--TEST--
A coroutine starts when main waits, and gives its value
--FILE--
<?php
use function Async\{await, spawn, suspend, current_coroutine, get_coroutines};
$c = spawn(function (int $a, int $b) { echo "runs\n"; return $a + $b; }, 1, b: 2);
var_dump($c->isStarted(), $c->isQueued(), count(get_coroutines()));
echo "main\n";
var_dump(await($c), $c->isCompleted(), $c->getResult(), $c->getException(), await($c));
$order = [];
foreach ([1, 2] as $n) { $all[] = spawn(function () use ($n, &$order) { $order[] = "a$n"; suspend(); $order[] = "b$n"; }); }
Async\await_all($all);
echo implode(" ", $order), "\n";
var_dump(current_coroutine() === current_coroutine(), current_coroutine()->isRunning());
--EXPECT--
bool(false)
bool(true)
int(1)
main
runs
int(3)
bool(true)
int(3)
NULL
int(3)
a1 a2 b1 b2
bool(true)
bool(true)
