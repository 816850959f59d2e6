--TEST--
restore() and __unserialize() in cyclic graphs collect garbage, spawn, send, throw, exit and run out of memory, on every way; nothing else is touched by it
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Actor, Thread, ThreadPool};
use function Async\{await, spawn, suspend};

function act(string $how): void
{
    switch ($how) {
        case 'collects': gc_collect_cycles(); break;
        case 'spawns': $c = spawn(fn () => str_repeat('x', 1000)); suspend(); await($c); break;
        case 'sends': (new Thread(static fn ($v) => $v, [new Says('collects'), [1]]))->join(); break;
        case 'throws': throw new LogicException('thrown');
        case 'exits': exit(3);
        case 'dies': ini_set('memory_limit', memory_get_usage(true) + (4 << 20)); str_repeat('x', 64 << 20);
    }
}
class Says implements Async\Transferable
{
    public function __construct(public $how, public $with = null) {}
    public function transfer(): mixed { return [$this->how, $this->with]; }
    public static function restore(mixed $state): static { act($state[0]); return new static(...$state); }
}
class Listed extends ArrayObject
{
    public $how = '';
    public function __serialize(): array { return [$this->how, $this->getArrayCopy()]; }
    public function __unserialize(array $data): void { act($data[0]); $this->exchangeArray($data[1]); }
}
class Node
{
    public $left;
    public ?Node $right = null;
    public array $list = [];
    public ?Says $says = null;
    public function __destruct() { gc_collect_cycles(); }
}
class Mirror extends Actor { public function back($v) { return $v; } public function make($how) { return graph($how); } }

function graph(string $how): array
{
    $n = new Node;
    $n->left = [1, $listed = new Listed(['e']), new stdClass, str_repeat('y', 300_000)];
    $listed->how = $how;
    $n->right = new Node;
    $n->right->right = $n;
    $n->says = new Says($how, [$n->right, 'k' => new Says('collects')]);
    $n->list = [new Says($how), [&$n->left], fn () => $n];
    $n->right->left = (object) ['says' => $n->says, 'last' => new Listed];
    return [$n, $listed];
}
function check(array $g): string
{
    [$n, $listed] = $g;
    return $n->left[1] === $listed && $listed[0] === 'e' && $n->right->right === $n && $n->says->with[0] === $n->right && $n->right->left->says === $n->says
        && $n->list[2]() === $n && strlen($n->left[3]) === 300_000 ? 'right' : 'wrong';
}

$pool = new ThreadPool(1);
$mirror = new Mirror;
foreach (['collects', 'spawns', 'sends', 'throws', 'exits', 'dies'] as $how) {
    // A result that ends its receiver ends a thread's.
    $inside = in_array($how, ['exits', 'dies']) ? fn ($f) => (new Thread($f))->join() : fn ($f) => $f();
    $ways = [
        'argument' => fn () => (new Thread(static fn ($v) => check($v), graph($how)))->join(),
        'bound' => function () use ($how) { $v = graph($how); return (new Thread(static function () use ($v) { return check($v); }))->join(); },
        'pool' => fn () => $pool->enqueue(static fn ($v) => check($v), graph($how)),
        'actor' => fn () => check((new Mirror)->back(graph($how))),
        'result' => fn () => $inside(static fn () => check((new Thread(static fn () => graph($how)))->join())),
        'result of a pool' => fn () => $inside(static fn () => check((new ThreadPool(1))->enqueue(static fn () => graph($how)))),
        'result of an actor' => fn () => $inside(static fn () => check($mirror->make($how))),
    ];
    // What dies takes the actors of its thread with it.
    foreach ($how === 'dies' ? array_diff_key($ways, ['actor' => 0, 'result of an actor' => 0]) : $ways as $way => $send) {
        $heard = [];
        for ($i = 0; $i < 3; $i++) {
            try {
                $heard[$send()] = 1;
            } catch (Throwable $e) {
                $heard[$e::class . ': ' . substr($e->getMessage(), 0, 19)] = 1;
            }
        }
        echo "$how, $way: ", implode(' | ', array_keys($heard)), "\n";
    }
}
echo $pool->enqueue(static fn () => 'goes on'), ' ', $mirror->back('goes on'), "\n";
?>
--EXPECT--
collects, argument: right
collects, bound: right
collects, pool: right
collects, actor: right
collects, result: right
collects, result of a pool: right
collects, result of an actor: right
spawns, argument: right
spawns, bound: right
spawns, pool: right
spawns, actor: right
spawns, result: right
spawns, result of a pool: right
spawns, result of an actor: right
sends, argument: right
sends, bound: right
sends, pool: right
sends, actor: right
sends, result: right
sends, result of a pool: right
sends, result of an actor: right
throws, argument: Async\RemoteException: thrown
throws, bound: Async\RemoteException: thrown
throws, pool: LogicException: thrown
throws, actor: LogicException: thrown
throws, result: LogicException: thrown
throws, result of a pool: LogicException: thrown
throws, result of an actor: LogicException: thrown
exits, argument: Async\ThreadExitException: The thread called e
exits, bound: Async\ThreadExitException: The thread called e
exits, pool: Async\ThreadExitException: The thread called e
exits, actor: Async\ThreadExitException: The thread called e
exits, result: Async\ThreadExitException: The thread called e
exits, result of a pool: Async\ThreadExitException: The thread called e
exits, result of an actor: Async\ThreadExitException: The thread called e
dies, argument: Async\ThreadFatalError: Allowed memory size
dies, bound: Async\ThreadFatalError: Allowed memory size
dies, pool: Async\ThreadFatalError: Allowed memory size
dies, result: Async\ThreadFatalError: Allowed memory size
dies, result of a pool: Async\ThreadFatalError: Allowed memory size
goes on goes on
