--TEST--
Classes: interfaces, traits, abstract, final, readonly, statics, magic methods, internal parents
--FILE--
<?php
declare(strict_types=1);
namespace App;

require __DIR__ . '/same.inc';

interface HasArea { const UNIT = 'm²'; public function area(): float; }
interface Named extends \Stringable { public static function make(string ...$args): static; }

trait Counts
{
    private static int $count = 0;
    public static array $log = ['start'];
    private ?string $label = self::UNIT . '!';
    public static function count(): int { static $calls = 0; return ++self::$count * 100 + ++$calls; }
    abstract public function area(): float;
    public function hello() { return __TRAIT__ . __CLASS__ . __METHOD__ . static::class . self::class; }
    private function hidden() { return fn () => fn () => $this->label . self::$count; }
}
trait Polite { public function hello() { return 'good day'; } const POLITE = 'very'; public function thanks() { return 'thanks'; } }

abstract class Shape implements HasArea, Named
{
    use Counts, Polite { Counts::hello insteadof Polite; Polite::hello as protected politeHello; thanks as danke; hidden as public; }
    protected const SIDES = 0;
    public function __construct(protected readonly string $name = 'shape', private array $parts = [self::UNIT => [1, 2]]) {}
    public static function make(string ...$args): static { return new static(...$args); }
    public function __toString(): string { return "{$this->name} " . static::SIDES . ' ' . json_encode($this->parts) . $this->politeHello(); }
    final public function twice(): float { return 2 * $this->area(); }
    public function __clone() { $this->parts[] = 'cloned'; }
}
class Square extends Shape
{
    protected const SIDES = parent::SIDES + 4;
    public float $side = 2.0;
    public static $instances = [];
    public function area(): float { return $this->side ** 2; }
    public function __get($n) { return "get $n"; }
    public function __set($n, $v) { $this->side = (float) $v; }
    public function __isset($n) { return $n === 'virtual'; }
    public function __unset($n) { $this->side = 0.5; }
    public function __call($n, $a) { return "$n(" . implode(',', $a) . ')'; }
    public static function __callStatic($n, $a) { return "static $n"; }
    public function __invoke($x) { return $x * $this->side; }
    public function __serialize(): array { return ['s' => $this->side]; }
    public function __unserialize(array $d): void { $this->side = $d['s'] + 1; }
    public function __debugInfo() { return ['debug' => 1]; }
    public static function __set_state($a) { return new self; }
}
final class Unit extends Square { public function area(): float { return parent::area() + 1; } public function __destruct() { self::$instances[] = 'gone'; } }
readonly class Money { public function __construct(public int $amount, public string $currency = 'EUR') {} public function with(int $amount): static { $c = new static($amount, $this->currency); return $c; } }
class Bag extends \ArrayObject implements \JsonSerializable { public $extra = [1]; public function offsetGet(mixed $k): mixed { return parent::offsetExists($k) ? parent::offsetGet($k) : 'none'; } public function jsonSerialize(): mixed { return (array) $this; } }
class Problem extends \DomainException { protected $code = 77; public function __construct(string $m, public readonly array $context = []) { parent::__construct("<$m>"); } }
class Tree implements \IteratorAggregate, \ArrayAccess, \Countable
{
    private array $items = ['a' => 1, 'b' => 2];
    public function getIterator(): \Iterator { foreach ($this->items as $k => $v) yield $k => $v; }
    public function offsetExists(mixed $o): bool { return isset($this->items[$o]); }
    public function offsetGet(mixed $o): mixed { return $this->items[$o]; }
    public function offsetSet(mixed $o, mixed $v): void { if ($o === null) $this->items[] = $v; else $this->items[$o] = $v; }
    public function offsetUnset(mixed $o): void { unset($this->items[$o]); }
    public function count(): int { return count($this->items); }
}
class Loop implements \Iterator
{
    private $i = 0;
    public function current(): mixed { return $this->i; }
    public function key(): mixed { return "k{$this->i}"; }
    public function next(): void { $this->i++; }
    public function rewind(): void { $this->i = 0; }
    public function valid(): bool { return $this->i < 3; }
}
class LoopChild extends Loop { public function valid(): bool { return parent::valid() && parent::current() < 2; } }
class Types { public int|string|null $a = 1; public ?self $b = null; public iterable $c = []; public static ?Types $d = null; public function f((Tree&\Countable)|null $x = null, callable|bool $y = true): static|null { return $x ? $this : null; } }

// First of all: without opcache, a class shows its defaults evaluated once it has been used.
foreach (get_declared_classes() as $class) {
    if ((new \ReflectionClass($class))->isUserDefined()) {
        same("reflection of $class", fn () => (string) new \ReflectionClass($class));
    }
}
same('methods', fn () => [(string) new Unit, (new Unit)->area(), (new Unit)->twice(), Unit::make('x') . '', (new Unit)->danke()]);
same('traits', fn () => [(new Square)->hello(), (new Square)->hidden()()(), Square::POLITE, Square::$log]);
same('visibility', fn () => (new Square)->politeHello());
same('magic', function () { $s = new Square; $s->zork = 3; $r = [$s->nope, isset($s->virtual), isset($s->no), $s->foo(1, 2), Square::bar(), $s(2), $s->side]; unset($s->gone); $r[] = unserialize(serialize($s))->side; return $r; });
same('statics', function () { Unit::$instances = []; $u = new Unit; unset($u); return [Unit::$instances, Square::$instances]; });
same('clone', fn () => (string) clone new Square);
same('readonly', function () { $m = new Money(3); try { $m->amount++; } catch (\Error $e) { return [$e->getMessage(), $m->with(5)]; } });
same('internal parents', fn () => [json_encode(new Bag(['a' => 1])), (new Bag)['zz'], count(new Bag([1, 2])), (new Problem('p', [1]))->getMessage(), (new Problem('p'))->getCode()]);
same('interfaces', function () { $t = new Tree; $t[] = 5; unset($t['a']); return [iterator_to_array($t), count($t), isset($t['b']), $t['b'], iterator_to_array(new Loop), iterator_to_array(new LoopChild)]; });
same('strict types', fn () => strlen(5));
same('type errors', function () { $t = new Types; $t->b = new Tree; });
same('abstract', fn () => new Shape);
same('constants', fn () => [Square::UNIT, constant(Square::class . '::UNIT'), (new \ReflectionClass(Square::class))->getConstants()]);
same('instanceof', fn () => [new Unit instanceof HasArea, is_subclass_of(Unit::class, Named::class), class_implements(Unit::class), class_parents(Unit::class), class_uses(Shape::class)]);
same('callables', fn () => [array_map([Unit::class, 'make'], ['a', 'b'])[1] . '', (new Square)->area(...)()]);
--EXPECT--
reflection of App\Shape: same
reflection of App\Square: same
reflection of App\Unit: same
reflection of App\Money: same
reflection of App\Bag: same
reflection of App\Problem: same
reflection of App\Tree: same
reflection of App\Loop: same
reflection of App\LoopChild: same
reflection of App\Types: same
methods: same
traits: same
visibility: same
magic: same
statics: same
clone: same
readonly: same
internal parents: same
interfaces: same
strict types: same
type errors: same
abstract: same
constants: same
instanceof: same
callables: same
