--TEST--
First-class callables of functions, methods, internal functions and magic
--FILE--
<?php
require __DIR__ . '/ways.inc';

function named($x) { return "named($x)"; }

class M
{
    private $p = 'p';
    private function hidden($x) { return "{$this->p}-hidden($x)"; }
    public static function stat($x) { return static::class . "::stat($x)"; }
    public function __call($name, $args) { return "$name(" . json_encode($args) . ") on {$this->p}"; }
    public static function __callStatic($name, $args) { return "static $name(" . json_encode($args) . ')'; }
    public function all() { return [$this->hidden(...), self::stat(...), static::stat(...), parent_of($this)]; }
}
class N extends M {}
function parent_of($o) { return $o->magic(...); }

arrives('a function', fn () => named(...), fn ($f) => $f(1) === 'named(1)' ? null : $f(1));
arrives('internal functions', fn () => [strlen(...), array_map(...), 'in' => [json_encode(...)]], fn ($a) => $a[0]('four') === 4 && $a['in'][0]([1]) === '[1]' ? null : 'broken');
arrives('methods', fn () => (new N)->all(), function ($a) {
    $got = [$a[0](1), $a[1](2), $a[2](3), $a[3](4, 5)];
    $want = ['p-hidden(1)', 'N::stat(2)', 'N::stat(3)', 'magic([4,5]) on p'];
    return $got === $want ? null : json_encode($got);
});
arrives('magic ones', fn () => [N::nothing(...), (new N)->anything(...)], function ($a) {
    $got = [$a[0](1), $a[1](2, key: 3)];
    return $got === ['static nothing([1])', 'anything({"0":2,"key":3}) on p'] ? null : json_encode($got);
});
arrives('methods of internal classes', fn () => [(new ArrayObject([3, 1]))->count(...), DateTimeImmutable::createFromFormat(...)], fn ($a) => $a[0]() === 2 && $a[1]('Y', '2020')->format('Y') === '2020' ? null : 'broken');
arrives('of a closure', function () {
    $n = 5;
    $c = fn ($x) => $x + $n;
    return [$c, $c(...), Closure::fromCallable($c), $c->__invoke(...)];
}, fn ($a) => $a[1](1) === 6 && $a[2](2) === 7 ? null : 'broken');
arrives('sent on once more', fn () => (new N)->thing(...), fn ($f) => (new Async\Thread(fn ($g) => $g(1), $f))->join() === 'thing([1]) on p' ? null : 'broken');
arrives('object with __invoke', fn () => new class { public function __invoke($x) { return $x * 2; } }, fn ($f) => $f(4) === 8 ? null : 'broken');
--EXPECT--
a function: arrives
internal functions: arrives
methods: arrives
magic ones: arrives
methods of internal classes: arrives
of a closure: arrives
sent on once more: arrives
object with __invoke: arrives
