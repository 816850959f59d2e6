--TEST--
Reflection of every kind of thing says the same in a thread: texts, doc comments, types, defaults, attributes, places
--EXTENSIONS--
async_threads
--FILE--
<?php
namespace Rf;
require __DIR__ . '/same.inc';
/** of the interface */ interface I { /** of its constant */ const X = 1; /** of its method */ function m(/** of a parameter */ int $a); }
/** of the trait */ trait T { /** t prop */ protected ?int $t = null; /** t static */ static array $ts = []; /** t method */ private function tm() { static /** x */ $n = 4; } /** t abstract */ abstract function ta(); }
/** of the enum */ enum E: string { /** of a case */ case A = 'a'; /** of a const */ const B = self::A; /** m */ function m() {} }
/** of the class */ abstract class C implements I { use T { tm as protected tm2; } /** c const */ final protected const Y = E::B; /** c prop */ public readonly int|string $p; function __construct(/** promoted */ protected readonly array|E $q = [E::A]) {} /** m doc */ final public function m(int $a) { return /** closure doc */ static function (int &$x, self ...$y) use ($a): ?static { static $s = 5; return null; }; } function __toString(): string { return ''; } /** ta doc */ function ta() {} }
/** of the child */ final class D extends C { /** own */ protected ?int $t = null; function g(): \Generator { yield; } function fc() { return $this->g(...); } function arrow() { return fn (int $z = self::Y->value . 'x') => $z + $this->t; } }
/** of the function */ function f(/** param */ #[\SensitiveParameter] ?D &$d, int|false $x = PHP_INT_SIZE, E ...$es): never { exit; }
$anon = fn () => /** of the anonymous */ new class { /** prop doc */ public $z; };
$of = function (object $r) {
    $skip = ['getClosure', 'getLazyInitializer', 'getClosureThis', 'getConstructor', 'getPrototype', 'getDeclaringClass', 'getDeclaringFunction', 'getClass', 'getParentClass', 'getExtension', 'getDeclaringEnum', 'getEnum', 'getCases', 'getHooks', 'getReflectionConstants', 'getMethods', 'getProperties', 'getParameters', 'getInterfaces', 'getTraits', 'getClosureScopeClass', 'getClosureCalledClass', 'isDisabled', 'getTentativeReturnType'];
    $out = ['text' => (string) $r];
    foreach (get_class_methods($r) as $m) {
        if (preg_match('/^(is|get|has|in|returns|allows|can)/', $m) && !in_array($m, $skip) && !(new \ReflectionMethod($r, $m))->getNumberOfRequiredParameters()) {
            try { $v = @$r->$m(); $out[$m] = $v instanceof \ReflectionType || $v instanceof \Stringable ? (string) $v : (is_object($v) ? (array) $v : $v); } catch (\Throwable $e) { $out[$m] = $e->getMessage(); }
        }
    }
    return preg_replace('/Closure Object #\d+|#\d+/', '#', print_r($out, true));
};
$all = function () use ($of, $anon) {
    $x = 1;
    foreach ([I::class, T::class, E::class, C::class, D::class] as $c) { $r = $c === E::class ? new \ReflectionEnum($c) : new \ReflectionClass($c); $o[] = $of($r); foreach ($r->getMethods() as $m) { $o[] = $of($m); foreach ($m->getParameters() as $p) $o[] = $of($p); } foreach ($r->getProperties() as $p) $o[] = $of($p); foreach ($r->getReflectionConstants() as $k) $o[] = $of($k); }
    $f = new \ReflectionFunction('Rf\f'); $o[] = $of($f); foreach ($f->getParameters() as $p) $o[] = $of($p);
    $d = new D; foreach ([$d->m(3), $d->fc(), $d->arrow(), $d->g(...), f(...), static fn () => 1] as $c) { $r = new \ReflectionFunction($c); $o[] = $of($r); $o[] = $r->getClosureScopeClass()?->getName(); foreach ($r->getParameters() as $p) $o[] = $of($p); }
    $g = $d->g(); $r = new \ReflectionGenerator($g); $o[] = [$r->getExecutingLine(), $r->getFunction()->getName()];
    return $o;
};
same('everything', $all);
same('anonymous', function () use ($of, $anon) { try { $r = new \ReflectionObject($anon()); return [$of($r), $of($r->getProperty('z'))]; } catch (\Error $e) { return $e->getMessage(); } });
same('after', $all);
--EXPECT--
everything: same
anonymous: same
after: same
