--TEST--
A thread, pool or actor whose classes are not the sender's: what fits arrives by name, the rest is a clear error, and the next task runs
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\ThreadPool;
use function Async\spawn_thread;

// The receivers declare their own first.
if (true) {
    class Moved { private $b = 'b'; public $a = 'a'; public int $n = 1; public $gone; }
    class Fits { private $b = 'b'; public $a = 'a'; public int $n = 1; public function __construct(public $more = null) {} }
    class Plain { public $x = 1; }
    enum Suit { case Hearts; case Clubs; }
    class Says implements Async\Transferable { public function transfer(): mixed { return 1; } public static function restore(mixed $s): static { return new static; } }
}
$bootloader = static function () {
    eval('class Moved { public $n = 5; public $added = "here"; public $a; private $b; }
        class Fits { public $more; public $n = 5; public $added = "here"; public $a; private $b; public function b() { return $this->b; } }
        class Plain { public int $x; }
        enum Suit { case Hearts; }
        class Says { public $other; }');
};
function show(string $way, Closure $send): void
{
    try {
        echo $way, ': ', json_encode($send()), "\n";
    } catch (Throwable $e) {
        echo $way, ': ', $e::class, ': ', $e->getMessage(), "\n";
    }
}
$values = [
    'fits' => new Fits([new Fits]), 'a property less' => [[new Moved]], 'another type' => ['deep' => (function () { $p = new Plain; $p->x = 'text'; return $p; })()],
    'that type' => new Plain, 'no such case' => [Suit::Clubs], 'such a case' => [Suit::Hearts], 'not Transferable there' => [new Says],
];
$pool = new ThreadPool(1, bootloader: $bootloader);
$look = static fn ($v) => $v instanceof Fits ? [$v->a, $v->b(), $v->n, $v->added, $v->more[0]->b()] : gettype($v);
foreach ($values as $what => $value) {
    echo "-- $what\n";
    show('thread', fn () => spawn_thread(static function () use ($value) { return $value instanceof Fits ? [$value->a, $value->b(), $value->n, $value->added, $value->more[0]->b()] : gettype($value); }, bootloader: $bootloader)->join());
    show('pool', fn () => $pool->submit($look, $value)->await());
    show('named', fn () => $pool->enqueue($look, v: $value));
    show('item', fn () => $pool->map([$value], $look)[0]);
}
echo $pool->enqueue(fn () => 'goes on'), "\n";
?>
--EXPECT--
-- fits
thread: ["a","b",1,"here","b"]
pool: ["a","b",1,"here","b"]
named: ["a","b",1,"here","b"]
item: ["a","b",1,"here","b"]
-- a property less
thread: thread: Async\RemoteException: Cannot restore Moved::$gone: there is no such property here
pool: pool: Async\ThreadTransferException: Cannot restore Moved::$gone: there is no such property here
named: named: Async\ThreadTransferException: Cannot restore Moved::$gone: there is no such property here
item: item: Async\ThreadTransferException: Cannot restore Moved::$gone: there is no such property here
-- another type
thread: thread: Async\RemoteException: Cannot restore Plain::$x: its type here does not allow string
pool: pool: Async\ThreadTransferException: Cannot restore Plain::$x: its type here does not allow string
named: named: Async\ThreadTransferException: Cannot restore Plain::$x: its type here does not allow string
item: item: Async\ThreadTransferException: Cannot restore Plain::$x: its type here does not allow string
-- that type
thread: "object"
pool: "object"
named: "object"
item: "object"
-- no such case
thread: thread: Async\RemoteException: Cannot restore Suit::Clubs: there is no such case here
pool: pool: Async\ThreadTransferException: Cannot restore Suit::Clubs: there is no such case here
named: named: Async\ThreadTransferException: Cannot restore Suit::Clubs: there is no such case here
item: item: Async\ThreadTransferException: Cannot restore Suit::Clubs: there is no such case here
-- such a case
thread: "array"
pool: "array"
named: "array"
item: "array"
-- not Transferable there
thread: thread: Async\RemoteException: Cannot restore Says: it is another kind of class here
pool: pool: Async\ThreadTransferException: Cannot restore Says: it is another kind of class here
named: named: Async\ThreadTransferException: Cannot restore Says: it is another kind of class here
item: item: Async\ThreadTransferException: Cannot restore Says: it is another kind of class here
goes on
