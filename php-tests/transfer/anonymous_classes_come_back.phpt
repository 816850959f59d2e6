--TEST--
Objects of anonymous classes with ancestors come back to a creator that has never made one
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Actor, Thread, ThreadPool};

function show(string $what, Closure $get): void {
    try {
        $object = $get();
        echo "$what: ", get_debug_type($object), ' ', $object instanceof Stringable ? $object : json_encode($object), "\n";
    } catch (Throwable $e) {
        echo "$what: ", $e::class, ': ', $e->getMessage(), "\n";
    }
}
spl_autoload_register(function (string $class) {
    switch ($class) {
        case 'Late': class Late { public $late = 'loaded'; } break;
        case 'Parented':
            class Parented { public $found = true; }
            // Its child is being declared: below that it cannot be linked a second time, but one that opcache has linked can take its place.
            if ($GLOBALS['inner'] ?? false) { try { (new Thread(fn () => parented()))->join(); } catch (Async\ThreadTransferException) {} echo "below its declaration\n"; }
    }
});
trait Counts { public static $made = 0; public function __construct(public int $n = 0) { self::$made++; } }
class Maker {
    public function iterator() { return new class([1, 2]) extends ArrayIterator {}; }
    public function text(string $of) { return new class($of) { public function __construct(private string $of) {} public function __toString(): string { return "text of $this->of"; } }; }
    public function both() { return new class(7) implements Countable, JsonSerializable { use Counts; public function count(): int { return $this->n; } public function jsonSerialize(): mixed { return [$this->n, self::$made]; } }; }
}
function parented() { return new class extends Parented { public $child = 1; }; }

show('internal parent', fn () => (new Thread(fn () => (new Maker)->iterator()))->join());
show('Stringable', fn () => (new Thread(fn () => (new Maker)->text('a result')))->join());
show('interfaces and a trait', fn () => (new Thread(fn () => (new Maker)->both()))->join());
show('in the closure', fn () => (new Thread(fn () => new class extends ArrayObject { public $a = 5; }))->join());
show('parent to be loaded', fn () => (new Thread(fn () => new class extends Late { public $own = 1; }))->join());
show('again', fn () => (new Thread(fn () => (new Maker)->text('another')))->join());

class Failure extends Exception { public $with; public function __construct(string $m) { parent::__construct($m); $this->with = (new Failing)->reason(); } }
class Failing { public function reason() { return new class implements Countable { public function count(): int { return 3; } }; } public function fail() { throw new class('of its own') extends RuntimeException {}; } }
try { (new Thread(fn () => throw new Failure('failed')))->join(); } catch (Async\RemoteException $e) { echo $e->getMessage(), ' ', count($e->getRemoteException()->with), "\n"; }
try { (new Thread(fn () => (new Failing)->fail()))->join(); } catch (Async\RemoteException $e) { echo $e->getMessage(), ' ', get_debug_type($e->getRemoteException()), "\n"; }

class Shelf extends Actor {
    private array $kept = [];
    public function make(int $n) { return $this->kept[] = new class($n) extends ArrayObject { public function __construct(public int $n) {} }; }
    public function has(object $o) { return get_debug_type($o) . ' ' . count(array_filter($this->kept, fn ($k) => $k == $o)); }
}
$shelf = new Shelf;
show('an actor', fn () => $made[] = $shelf->make(4));
echo 'back to it: ', $shelf->has($shelf->make(5)), "\n";
echo 'a message with one: ', $shelf->has(new class extends SplObjectStorage {}), "\n";

class Worker { public function run(int $n) { return new class($n) implements IteratorAggregate { public function __construct(public int $n) {} public function getIterator(): Iterator { yield $this->n; } }; } }
$pool = new ThreadPool(2);
foreach ($pool->map([1, 2, 3], (new Worker)->run(...)) as $object) { echo get_debug_type($object), ' ', implode(iterator_to_array($object)), "\n"; }
$pool->close();

// Its parent comes with it.
class DeclaresHere { public function make() { eval('class Evaluated { public $x = 1; }'); return new class extends Evaluated {}; } }
show('a parent that only the thread has', fn () => (new Thread(fn () => (new DeclaresHere)->make()))->join());
$inner = true;
show('declared', parented(...));
show('and then', fn () => (new Thread(fn () => parented()))->join());
?>
--EXPECT--
internal parent: ArrayIterator@anonymous {"0":1,"1":2}
Stringable: class@anonymous text of a result
interfaces and a trait: Countable@anonymous [7,0]
in the closure: ArrayObject@anonymous {}
parent to be loaded: Late@anonymous {"late":"loaded","own":1}
again: class@anonymous text of another
failed 3
of its own RuntimeException@anonymous
an actor: ArrayObject@anonymous {}
back to it: ArrayObject@anonymous 1
a message with one: SplObjectStorage@anonymous 0
IteratorAggregate@anonymous 1
IteratorAggregate@anonymous 2
IteratorAggregate@anonymous 3
a parent that only the thread has: Evaluated@anonymous {"x":1}
below its declaration
declared: Parented@anonymous {"found":true,"child":1}
and then: Parented@anonymous {"found":true,"child":1}
