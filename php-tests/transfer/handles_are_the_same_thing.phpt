--TEST--
Handles in a graph: the same thing on every way, one handle for one handle, not used up by a send that is refused
--EXTENSIONS--
async_threads
--FILE--
<?php
require __DIR__ . '/ways.inc';

use Async\{Actor, Future, FutureState, Thread, ThreadPool, ThreadTransferException};

class Counter extends Actor { private int $n = 0; public function up(): int { return ++$this->n; } }
class Says implements Async\Transferable
{
    public function __construct(public $with) {}
    public function transfer(): mixed { return $this->with; }
    public static function restore(mixed $state): static { return new static($state); }
}

$thread = new Thread(static fn () => 'from the thread');
$other = new ThreadPool(1);
$future = $other->submit(static fn () => 'from the pool');
$counter = new Counter;
$graph = ['thread' => $thread, 'o' => (object) ['thread' => $thread, 'future' => $future], 'future' => [$future], 'pool' => $other, 'in' => new Says([$thread, $counter]), 'counter' => $counter,
    'f' => fn () => $other, 'a' => new ArrayObject([$future])];
$n = 0;
foreach (every_way($graph) as $way => $g) {
    $same = $g['thread'] === $g['o']->thread && $g['in']->with[0] === $g['thread'] && $g['future'][0] === $g['o']->future && $g['a'][0] === $g['future'][0]
        && $g['f']() === $g['pool'] && $g['in']->with[1] === $g['counter'];
    if (!$same || $g['thread']->getId() !== $thread->getId() || $g['thread']->join() !== 'from the thread' || $g['future'][0]->await() !== 'from the pool' || $g['counter']->up() !== ++$n || $g['pool']->enqueue(fn () => 5) !== 5) {
        echo "$way: another\n";
    }
}
// Used in the thread itself.
var_dump((new Thread(static fn ($g) => [$g['thread']->join(), $g['future'][0]->await(), $g['pool']->enqueue(static fn () => 5), $g['counter']->up() > 1], $graph))->join() === ['from the thread', 'from the pool', 5, true]);

// A state goes over once, and stays when nothing is sent.
foreach ([[STDERR], (function () { yield 1; })()] as $refused) {
    $future = new Future($state = new FutureState);
    foreach ([fn ($v) => new Thread(fn ($v) => 1, $v), fn ($v) => $other->submit(fn ($v) => 1, $v), fn ($v) => $counter->up($v)] as $send) {
        try { $send([$state, $refused]); echo "sent\n"; } catch (ThreadTransferException) {}
    }
    $state->complete('here');
    echo $future->await(), "\n";
}
// Met twice, in a graph that is walked again for a weak reference and for user code.
$future = new Future($state = new FutureState);
(new Thread(static function ($v) { $v['in']->with[0]->complete($v['in']->with[0] === $v['state'] ? 'there' : 'another'); }, ['w' => WeakReference::create($state), 'in' => new Says([$state]), 'state' => $state]))->join();
echo $future->await(), "\n";
try { $state->complete('again'); } catch (Async\AsyncException $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECT--
bool(true)
here
here
there
The FutureState is resolved already
