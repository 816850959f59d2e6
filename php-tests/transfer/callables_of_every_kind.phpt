--TEST--
Closures made of methods, of other closures, of magic, of enums, traits and handles, and closures bound to what crosses in a way of its own
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\Thread;

enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
    public const Best = self::Spades;
    public function label($x) { return $this->name . $x; }
    public static function first() { return self::Hearts->value; }
}
trait Counts
{
    public function original($x) { return "original $x of " . static::class; }
    public static function count() { return 6; }
}
class Elder { protected function m($x) { return "elder's $x"; } private function own($x) { return "own $x"; } public function privately() { return $this->own(...); } }
class Younger extends Elder
{
    use Counts { original as protected alias; }
    protected function m($x) { return "younger's $x"; }
    public function all() { return [$this->alias(...), parent::m(...), $this->m(...), self::count(...), $this->privately()]; }
}
class Invoked { public $by = 4; public function __invoke($x) { return $x * $this->by; } }
class Says implements Async\Transferable
{
    public function __construct(public $v) {}
    public function transfer(): mixed { return "$this->v, said"; }
    public static function restore(mixed $state): static { return new static($state); }
    public function read() { return $this->v; }
    public function closure() { return fn () => $this->v; }
}

$pool = new Async\ThreadPool(1);
$ways = [
    'argument' => fn ($c, ...$args) => (new Thread(fn ($c, $args) => $c(...$args), $c, $args))->join(),
    'bound' => fn ($c, ...$args) => (new Thread(function () use ($c, $args) { return $c(...$args); }))->join(),
    'task' => fn ($c, ...$args) => (new Thread($c, ...$args))->join(),
    'task of a pool' => fn ($c, ...$args) => $pool->enqueue($c, ...$args),
    'result' => fn ($c, ...$args) => (new Thread(fn ($c) => $c, $c))->join()(...$args),
];
function show(string $what, mixed $expected, Closure $make, mixed ...$args): void
{
    foreach ($GLOBALS['ways'] as $way => $call) {
        try {
            $got = $call($make(), ...$args);
        } catch (Throwable $e) {
            $got = $e::class . ' ' . $e->getMessage();
        }
        if ($got !== $expected) {
            echo "$what, $way: ", var_export($got, true), "\n";
        }
    }
}

$n = 3;
$c = fn ($x) => $x + $n;
show('__invoke of a closure', 5, fn () => $c->__invoke(...), 2);
show('fromCallable of that', 5, fn () => Closure::fromCallable([$c, '__invoke']), 2);
show('object with __invoke', 12, fn () => (new Invoked)(...), 3);
show('fromCallable of that', 12, fn () => Closure::fromCallable(new Invoked), 3);
show('method of a case', 'Heartsz', fn () => Suit::Hearts->label(...), 'z');
show('of a constant', 'Spadesz', fn () => Suit::Best->label(...), 'z');
show('static method of an enum', 'h', fn () => Suit::first(...));
show('of the engine', [Suit::Hearts, Suit::Spades], fn () => Suit::cases(...));
foreach (['original x of Younger', "elder's x", "younger's x", 6, 'own x'] as $i => $expected) {
    show("method $i", $expected, fn () => (new Younger)->all()[$i], ...($i === 3 ? [] : ['x']));
}
show('fromCallable of a string', 6, fn () => Closure::fromCallable('Younger::count'));
show('static of an internal class', '2020', fn () => fn () => (DateTime::createFromFormat(...))('Y', '2020')->format('Y'));
show('of an internal object', [1, 2], fn () => (new ArrayObject([1, 2]))->getArrayCopy(...));
show('of an exception', 'text', fn () => (new Exception('text'))->getMessage(...));
show('bound to an internal object', 'ArrayObject', fn () => (function () { return get_class($this); })->bindTo(new ArrayObject));
show('bound to a scope', 'YoungerYounger', fn () => Closure::bind(static fn () => self::class . static::class, null, Younger::class));
show('of an anonymous class', 'anonymous', fn () => (new class { public static function say() { return 'anonymous'; } })::say(...));
show('magic of an anonymous class', ['zap', [1, 'k' => 2]], fn () => (new class { public function __call($n, $a) { return [$n, $a]; } })->zap(...), 1, k: 2);
show('static magic', ['zap', [1]], fn () => (new class { public static function __callStatic($n, $a) { return [$n, $a]; } })::zap(...), 1);
unset($ways['result']);
show('bound to a Transferable', 'it, said', fn () => (new Says('it'))->closure());
show('method of a Transferable', 'it, said', fn () => (new Says('it'))->read(...));
show('of this extension', true, fn () => fn () => (Async\available_parallelism(...))() > 0);
$other = new Async\ThreadPool(1);
var_dump((new Thread(fn ($f) => $f(fn () => 'in the pool'), $other->enqueue(...)))->join());
$shared = 1;
$up = function () use (&$shared) { static $seen = []; $seen[] = ++$shared; return $seen; };
$up();
var_dump((new Thread(fn ($up) => [...$up(), ...$up()], $up))->join() === [2, 3, 2, 3, 4], $up() === [2, 3]);
?>
--EXPECT--
string(11) "in the pool"
bool(true)
bool(true)
