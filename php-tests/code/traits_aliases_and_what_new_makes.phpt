--TEST--
Traits in traits, aliases of classes, `new` in defaults and attributes: before and after the creator has evaluated them
--EXTENSIONS--
async_threads
--FILE--
<?php
namespace Hostile;
require __DIR__ . '/same.inc';

interface HasC { const C = 'c'; const D = self::C . 'd'; public static function make(): static; }
trait WithStatics {
    public static array $bag = [1]; private static ?self $inst = null;
    abstract protected function must(int $x): string;
    public static function inst(): static { return self::$inst ??= new static; }
    public static function abs(): int { static $n = 10; return ++$n; }
    public function aliased() { return __FUNCTION__ . '|' . __METHOD__ . '|' . __CLASS__ . '|' . __TRAIT__; }
    abstract public static function sabs(string $s = self::class): string;
}
trait Nested { use WithStatics { aliased as private hid; aliased as protected prot; inst as public; } public function callsHid() { return $this->hid() . $this->prot(); } }
class A { use Nested; protected function must(int $x): string { return "a$x"; } public static function sabs(string $s = self::class): string { return $s; } public function m() { return $this->must(3); } }
class B extends A { use WithStatics { aliased as b2; } protected function must(int $x): string { return 'b' . $x . parent::must($x); } }
abstract class Gen implements \IteratorAggregate { abstract protected function items(): \Generator; public function getIterator(): \Generator { yield from $this->items(); } }
class GenImpl extends Gen { protected function items(): \Generator { $x = yield 1; yield $x ?? 'none'; } }
enum E: int implements HasC { case One = 1; case Two = self::One->value << 1; const DEF = self::Two; const MAP = [self::One->name => self::Two]; public static function make(): static { return self::DEF; } const NUL = null; }
final readonly class RO { public function __construct(public array $x = [E::DEF, 'k' => [E::One]], public E $e = E::DEF, public ?\Closure $c = null) {} }
class NewInit { public function __construct(private RO $r = new RO([1, E::One], e: E::One), public \ArrayObject $ao = new \ArrayObject([E::Two])) {} public function r() { return $this->r; } }
class Statics { public static $en = E::DEF; public static $arr = [E::DEF, [E::One, HasC::D]]; public static ?\Closure $cl = null; public static function mk() { self::$cl = static fn () => static::class; return self::$cl; } }
class Dnf { public (HasC&\Countable)|(\Stringable&\Countable)|null $x = null; public function f((HasC&\Countable)|array|null $a = null, self|false $b = false): static|null { return null; } public function g(): never { throw new \LogicException("never"); } public ?Dnf $self = null; }
#[\Attribute(\Attribute::TARGET_ALL)] class At { public function __construct(public RO $r = new RO, public mixed $v = null, public mixed $named = null) {} }
#[At(new RO([E::One], E::Two), 'x', named: E::MAP)] class Bad {}
#[At(new RO([new RO]))] function attributed(#[At(r: new RO(e: E::One))] $p = new NewInit, E ...$more) {}
class_alias(A::class, 'Hostile\AliasA'); class_alias('Hostile\E', 'Other\En'); class_alias('Hostile\HasC', 'HasCAlias'); class_alias('Hostile\Nested', 'NestedAlias');
class UsesAliases extends AliasA implements \HasCAlias { use \NestedAlias; public static function make(): static { return new static; } }

$all = ['HasC', 'WithStatics', 'Nested', 'A', 'B', 'Gen', 'GenImpl', 'E', 'RO', 'NewInit', 'Statics', 'Dnf', 'At', 'Bad', 'UsesAliases'];
$shown = fn () => array_map(fn ($c) => (string) new \ReflectionClass("Hostile\\$c"), $all);
$traits = fn () => [A::$bag, B::$bag, A::inst() === A::inst(), B::inst()::class, (new B)->callsHid(), (new B)->b2(), (new A)->m(), (new B)->m(), A::sabs(), B::sabs(), iterator_to_array(new GenImpl, false)];
$values = fn () => [E::make(), E::C, E::D, E::DEF->value, E::MAP, E::from(2), E::NUL, new RO, (new NewInit)->r(), (new NewInit)->ao->getArrayCopy(), Statics::$en, Statics::$arr, Statics::mk()(), new Dnf, (new Dnf)->f()];
$attributes = fn () => [(new \ReflectionClass(Bad::class))->getAttributes()[0]->newInstance(), (new \ReflectionFunction('Hostile\attributed'))->getAttributes()[0]->newInstance(),
    (new \ReflectionParameter('Hostile\attributed', 0))->getAttributes()[0]->newInstance(), (new \ReflectionParameter('Hostile\attributed', 0))->getDefaultValue()->r()];
$aliases = fn () => [(new AliasA) instanceof A, AliasA::class, (new \ReflectionClass('Other\En'))->getName(), \Other\En::One === E::One, (new UsesAliases)->callsHid(), UsesAliases::make()::class,
    class_uses('Hostile\UsesAliases'), class_implements('Hostile\UsesAliases'), constant('Other\En::MAP')];
foreach (['before', 'after'] as $when) {
    same("reflection $when", $shown);
    same("traits $when", $traits);
    same("values $when", $values);
    same("attributes $when", $attributes);
    same("aliases $when", $aliases);
    same("function $when", fn () => (string) new \ReflectionFunction('Hostile\attributed'));
}
same('never', fn () => (new Dnf)->g());
// Fresh, whatever the creator has done to its own.
A::$bag[] = 'of the creator';
A::abs();
A::abs();
echo json_encode((new \Async\Thread(fn () => [A::$bag, B::$bag, A::abs(), A::abs(), B::abs()]))->join()), "\n";
$pool = new \Async\ThreadPool(1);
echo $pool->enqueue(fn () => shown($shown)) === shown($shown) ? 'same in a pool' : 'different in a pool', "\n";
--EXPECT--
reflection before: same
traits before: same
values before: same
attributes before: same
aliases before: same
function before: same
reflection after: same
traits after: same
values after: same
attributes after: same
aliases after: same
function after: same
never: same
[[1],[1],11,12,11]
same in a pool
