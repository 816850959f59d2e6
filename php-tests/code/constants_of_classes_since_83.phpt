--TEST--
Typed class constants, #[Override], dynamic class constant fetches, static variables with any expression
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300) die('skip for PHP 8.3'); ?>
--FILE--
<?php
require __DIR__ . '/same.inc';
interface Typed { const string NAME = 'typed'; const int|array LIST = [1]; }
enum Kind: string { const self FIRST = self::A; const ?Typed NONE = null; case A = 'a'; }
class Holds implements Typed { final protected const static|Kind KIND = Kind::A; const array LIST = [2, Kind::A]; public function kind(string $name) { return self::{$name}; } public function over() { static $n = strlen('abc') + count(self::LIST), $o = new stdClass; return ++$n . get_class($o); } }
class Overrides extends Holds { #[Override] public function over() { static $n = 5; return parent::over() . ++$n; } }
readonly class Cloned { function __construct(public DateTime $d) {} function __clone() { $this->d = clone $this->d; } }
$anonymous = fn () => new readonly class(3) { public function __construct(public int $x) {} };
same('constants', fn () => [Holds::LIST, Overrides::NAME, Kind::FIRST, (new Holds)->kind('KIND'), Holds::{'NA' . 'ME'}]);
same('types', fn () => array_map(fn ($c) => (string) (new ReflectionClassConstant($c[0], $c[1]))->getType(), [['Holds', 'LIST'], ['Holds', 'KIND'], ['Kind', 'FIRST'], ['Typed', 'NAME']]));
same('reflection', fn () => array_map(fn ($c) => (string) new ReflectionClass($c), ['Typed', 'Kind', 'Holds', 'Overrides', 'Cloned']));
same('statics', fn () => [(new Holds)->over(), (new Holds)->over(), (new Overrides)->over()]);
same('readonly anonymous', function () use ($anonymous) { $a = $anonymous(); $a->x = 4; });
same('clone', function () { $c = new Cloned(new DateTime('2000-01-01')); return (clone $c)->d == $c->d && (clone $c)->d !== $c->d; });
same('missing', fn () => (new Holds)->kind('NOPE'));
--EXPECT--
constants: same
types: same
reflection: same
statics: same
readonly anonymous: same
clone: same
missing: same
