--TEST--
Private constructors with a factory, promoted and readonly properties, anonymous classes, new in initialisers, and a constructor that gives its actor away
--EXTENSIONS--
async_threads
--FILE--
<?php
enum Suit: string { case Hearts = 'h'; case Spades = 's'; const Best = self::Spades; }
class Part { public function __construct(public int $n = 2) {} }
class Registry extends Async\Actor { private array $all = []; public function add(Async\Actor $a) { $this->all[] = $a; } public function all() { return $this->all; } }
final class Made extends Async\Actor {
    private function __construct(private readonly int $n, protected Suit $suit = Suit::Best, public readonly Part $part = new Part) {}
    public static function make(int ...$args): static { return new static(...$args); }
    public static function one(): self { return new self(1, part: new Part(5)); }
    public function tell() { return [$this->n, $this->suit->name, $this->suit === Suit::Spades, $this->part->n]; }
    public function another() { return new self($this->n + 1); }
}
class Registered extends Async\Actor {
    public function __construct(Registry $registry, private string $name) { $registry->add($this); }
    public function name() { return $this->name; }
}
$try = function (callable $f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
for ($i = 0; $i < 5; $i++) { $made = Made::make($i); $one = Made::one(); }
$try(fn() => [$made->tell(), $one->tell(), $made->another()->another()->tell()]);
$try(fn() => new Made(1));
$try(fn() => (new ReflectionClass('Made'))->newInstance(1));
$try(fn() => (fn() => (new static(7))->tell())->bindTo(null, Made::class)());
$anonymous = new class(4) extends Async\Actor { private int $calls = 0; public function __construct(private int $by) {} public function next() { return $this->calls += $this->by; } };
$anonymous->next();
$try(fn() => [$anonymous->next(), $anonymous->nextAsync()->await(), $anonymous instanceof Async\Actor, str_starts_with(get_class($anonymous), 'Async\Actor@anonymous')]);
$registry = new Registry;
$registered = new Registered($registry, 'mine');
$try(fn() => [$registry->all()[0] === $registered, $registry->all()[0]->name()]);
--EXPECT--
[[4,"Spades",true,2],[1,"Spades",true,5],[6,"Spades",true,2]]
Error: Call to private Made::__construct() from global scope
ReflectionException: Access to non-public constructor of class Made
[7,"Spades",true,2]
[8,12,true,true]
[true,"mine"]
