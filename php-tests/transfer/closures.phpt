--TEST--
Closures: code, bound variables, static variables, $this, scope and called scope
--FILE--
<?php
require __DIR__ . '/ways.inc';
use Async\Thread;

class K
{
    private $secret = 'secret';
    public $h;
    public static function make() { return fn () => static::class . ' of ' . self::class; }
    public function reader() { return fn () => $this->secret; }
    public function own() { return function () { return $this; }; }
}
class Sub extends K {}

$called = fn ($closure) => (new Thread(fn ($c) => $c(), $closure))->join();

arrives('bound by value', function () {
    $list = [1, [2]];
    $object = new K;
    return function () use ($list, $object) { return [$list, $object]; };
}, fn ($c) => $c()[0] === [1, [2]] ? null : 'other values');
arrives('bound by reference', function () {
    $n = 0;
    $up = function () use (&$n) { return ++$n; };
    $read = function () use (&$n) { return $n; };
    return [$up, $read, &$n];
}, function ($a) {
    $a[0]();
    $a[0]();
    return $a[1]() === 2 && $a[2] === 2 ? null : 'not bound';
});
arrives('static variables go on', function () {
    $c = function () { static $n = 10, $list = [1]; $list[] = $n; return [$n++, $list]; };
    $c();
    $c();
    return $c;
}, fn ($c) => $c() === [12, [1, 10, 11, 12]] ? null : 'started anew');
arrives('static variables not yet begun', function () {
    return function () { static $n = 10, $m; return [$n++, $m]; };
}, fn ($c) => $c() === [10, null] && $c() === [11, null] ? null : 'broken');
arrives('undefined and implicit', fn () => fn () => $nowhere ?? 'undefined', fn ($c) => $c() === 'undefined' ? null : 'defined');
var_dump($called((new Sub)->reader()), $called(Sub::make()), $called((new Sub)->own()) instanceof Sub);
var_dump($called(static fn () => isset($this)), $called(Closure::bind(fn () => self::class, null, K::class)));
arrives('a closure in the object it is bound to', function () {
    $k = new K;
    $k->h = $k->own()->bindTo($k, K::class);
    return $k;
}, fn ($k) => ($k->h)() === $k ? null : 'another object');
arrives('the same, closure first', function () {
    $k = new K;
    $k->h = $k->own()->bindTo($k, K::class);
    return $k->h;
}, fn ($h) => $h()->h === $h ? null : 'another closure');
arrives('a closure that holds itself', function () {
    $f = function ($n) use (&$f) { return $n ? $n * $f($n - 1) : 1; };
    return $f;
}, fn ($f) => $f(5) === 120 ? null : 'broken');
arrives('the same closure twice', function () {
    $f = fn () => 1;
    return [$f, $f];
});
arrives('nested', fn () => fn ($x) => fn ($y) => fn ($z) => "$x$y$z", fn ($f) => $f(1)(2)(3) === '123' ? null : 'broken');
arrives('nested and half applied', fn () => (fn ($x) => fn ($y) => fn ($z) => "$x$y$z")(1)(2), fn ($f) => $f(3) === '123' ? null : 'broken');
arrives('declaring things', fn () => function () {
    if (!function_exists('declared_inside')) {
        function declared_inside() { return 'inside'; }
    }
    $o = new class('anonymous') { public function __construct(public $name) {} };
    return declared_inside() . $o->name;
}, fn ($f) => $f() === 'insideanonymous' ? null : 'broken');
arrives('generators are made there', fn () => function ($n) { for ($i = 0; $i < $n; $i++) yield $i; }, fn ($f) => iterator_to_array($f(3)) === [0, 1, 2] ? null : 'broken');
arrives('ten thousand of them', fn () => array_map(fn ($i) => fn () => $i, range(0, 9_999)), fn ($a) => $a[0]() === 0 && $a[9_999]() === 9_999 && $a[123]() === 123 ? null : 'mixed up');
--EXPECT--
bound by value: arrives
bound by reference: arrives
static variables go on: arrives
static variables not yet begun: arrives
undefined and implicit: arrives
string(6) "secret"
string(8) "Sub of K"
bool(true)
bool(false)
string(1) "K"
a closure in the object it is bound to: arrives
the same, closure first: arrives
a closure that holds itself: arrives
the same closure twice: arrives
nested: arrives
nested and half applied: arrives
declaring things: arrives
generators are made there: arrives
ten thousand of them: arrives
