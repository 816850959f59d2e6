--TEST--
Instances of anonymous classes bring their class
--FILE--
<?php
require __DIR__ . '/ways.inc';

interface Speaks { public function speak(); }
abstract class Animal { protected $legs = 4; public function legs() { return $this->legs; } }

arrives('plain', fn () => new class(5) { public function __construct(private int $n) {} public function n() { return $this->n; } }, fn ($o) => $o->n() === 5 ? null : 'broken');
arrives('with ancestors', fn () => new class extends Animal implements Speaks { public function speak() { return 'wuff'; } }, fn ($o) => $o instanceof Speaks && $o instanceof Animal && $o->legs() === 4 && $o->speak() === 'wuff' ? null : 'broken');
arrives('several of one class', function () {
    $make = fn ($v) => new class($v) { public function __construct(public $v) {} };
    return [$make(1), $make(2)];
}, fn ($a) => get_class($a[0]) === get_class($a[1]) ? null : 'different classes');
$made = (new Async\Thread(fn () => new class { public $made = 'there'; public function say() { return "made {$this->made}"; } }))->join();
echo $made->say(), "\n";
--EXPECT--
plain: arrives
with ancestors: arrives
several of one class: arrives
made there
