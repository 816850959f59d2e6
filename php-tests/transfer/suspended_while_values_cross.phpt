--TEST--
transfer(), restore(), __serialize() and __unserialize() may suspend: others send and receive meanwhile, and cancelling ends the wait
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Actor, Future, FutureState, Thread, ThreadPool};
use function Async\{await, spawn, suspend};

function wait(): void
{
    suspend();
    await(spawn(function () { suspend(); }));
}
class Says implements Async\Transferable
{
    public function __construct(public $n) {}
    public function transfer(): mixed { wait(); return $this->n; }
    public static function restore(mixed $state): static { wait(); return new static($state); }
}
class Listed extends ArrayObject
{
    public function __serialize(): array { wait(); return $this->getArrayCopy(); }
    public function __unserialize(array $data): void { wait(); $this->exchangeArray($data); }
}
class Mirror extends Actor { public function back($v) { return $v; } }

function graph(int $n): array
{
    $list = new Listed([$n, new Says("inner $n")]);
    return [new Says($n), $list, str_repeat("$n", 300_000), 'again' => [$list, (object) ['n' => $n]]];
}
function is_right(array $g, int $n): bool
{
    return $g[0]->n === $n && $g[1] === $g['again'][0] && $g[1][0] === $n && $g[1][1]->n === "inner $n" && $g[2] === str_repeat("$n", 300_000) && $g['again'][1]->n === $n;
}

$echo = static fn ($v) => $v;
$pool = new ThreadPool(2);
$many = new ThreadPool(1, coroutine: true);
$mirror = new Mirror;
$ways = [
    'thread' => fn ($v) => (new Thread($echo, $v))->join(), 'bound' => fn ($v) => (new Thread(static function () use ($v) { return $v; }))->join(),
    'pool' => fn ($v) => $pool->enqueue($echo, $v), 'pool with coroutines' => fn ($v) => $many->submit($echo, $v)->await(),
    'map' => fn ($v) => $pool->map([$v], $echo)[0], 'actor' => fn ($v) => $mirror->back($v),
];
$running = [];
foreach ($ways as $way => $send) {
    for ($n = 0; $n < 5; $n++) {
        $running[] = [$way, $n, spawn(fn () => $send(graph($n)))];
    }
}
foreach ($running as [$way, $n, $coroutine]) {
    if (!is_right(await($coroutine), $n)) {
        echo "$way $n: wrong\n";
    }
}

// Cancelled inside transfer() and restore().
class Waits implements Async\Transferable
{
    public static ?FutureState $begun = null;
    public function transfer(): mixed { self::stand('transfer'); return 1; }
    public static function restore(mixed $state): static { self::stand('restore'); return new static; }
    private static function stand(string $where): void
    {
        if (self::$begun) {
            self::$begun->complete($where);
            (new Future(new FutureState))->await();
        }
    }
}
foreach ([fn () => new Thread($echo, [new Waits]), fn () => $pool->submit($echo, [new Waits]), fn () => $mirror->back([new Waits]), fn () => (new Thread(static fn () => [new Waits]))->join()] as $send) {
    $begun = new Future(Waits::$begun = new FutureState);
    $coroutine = spawn(function () use ($send) {
        try {
            $send();
            echo "not cancelled\n";
        } catch (Async\AsyncCancellation) {
            echo "cancelled\n";
        }
    });
    echo $begun->await(), ' ';
    $coroutine->cancel();
    try { await($coroutine); } catch (Async\AsyncCancellation) {}
}
Waits::$begun = null;
var_dump($pool->enqueue(static fn ($v) => count($v), [new Waits, 2]), $mirror->back('goes on'));
?>
--EXPECT--
transfer cancelled
transfer cancelled
transfer cancelled
restore cancelled
int(2)
string(7) "goes on"
