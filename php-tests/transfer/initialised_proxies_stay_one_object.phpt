--TEST--
A lazy proxy that is initialised crosses as one object: used twice, in a cycle, behind weak references
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip lazy objects came with PHP 8.4'); ?>
--FILE--
<?php
class Lazy { public $a = 1; public $next; }
$make = function () { $p = (new ReflectionClass(Lazy::class))->newLazyProxy(fn () => new Lazy); $p->a = 5; return $p; };
$send = fn ($value) => (new Async\Thread(fn ($v) => $v, $value))->join();
[$a, $b] = $send([$p = $make(), $p]);
var_dump($a === $b, $a->a);
$p->next = $p;
$there = $send($p);
var_dump($there->next === $there);
$p = $make();
$map = new WeakMap;
$map[$p] = 'entry';
$there = $send([$p, WeakReference::create($p), $map]);
var_dump($there[1]->get() === $there[0], count($there[2]), $there[2][$there[0]]);
?>
--EXPECT--
bool(true)
int(5)
bool(true)
bool(true)
int(1)
string(5) "entry"
