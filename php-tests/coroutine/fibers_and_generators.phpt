--TEST--
A Fiber of the script in a coroutine, a coroutine in a Fiber, generators
--FILE--
<?php
use function Async\{await, spawn, suspend};
$c = spawn(function () {
    $f = new Fiber(function ($x) { suspend(); $y = Fiber::suspend($x + 1); suspend(); return await(spawn(fn () => $y * 2)); });
    $got = $f->start(1); suspend(); $f->resume(21);
    return [$got, $f->getReturn()];
});
$gen = (function () { for ($i = 0; $i < 3; $i++) { suspend(); yield $i; } })();
$d = spawn(fn () => iterator_to_array($gen));
echo json_encode([await($c), await($d)]), "\n";
$f = new Fiber(function () { $c = spawn(fn () => 5); Fiber::suspend(); return await($c); });
$f->start(); $f->resume(); echo $f->getReturn(), "\n";
--EXPECT--
[[2,42],[0,1,2]]
5
