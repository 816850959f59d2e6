--TEST--
What cannot cross is refused by pools and actors too, with the way to it, and they go on
--FILE--
<?php
require __DIR__ . '/ways.inc';

use Async\{ThreadPool, ThreadTransferException};

class Breaker extends Async\Actor
{
    public function __construct(private mixed $held = null) {}
    public function make(string $what): mixed { return ['r' => forbidden()[$what]]; }
    public function fail(string $what): never { throw (new Carrier('carried'))->carry(forbidden()[$what]); }
}

/** Something of everything that does not cross. */
function forbidden(): array
{
    $closed = fopen('php://memory', 'r');
    fclose($closed);
    return [
        'resource' => fopen('php://memory', 'r'),
        'closed resource' => $closed,
        'generator' => (function () { yield 1; })(),
        'fiber' => new Fiber(fn () => 1),
        'reflection' => new ReflectionClass('stdClass'),
        'coroutine' => Async\spawn(fn () => 1),
        'iterator of the engine' => new LimitIterator(new ArrayIterator([1])),
        'callback iterator' => new CallbackFilterIterator(new ArrayIterator([1]), fn () => true),
        'file' => new SplFileObject('php://memory'),
        'result of a query' => class_exists('PDO') && in_array('sqlite', PDO::getAvailableDrivers()) ? new PDO('sqlite::memory:') : new SplTempFileObject,
    ];
}

function message(Closure $send): string
{
    try {
        $send();
        return 'not refused';
    } catch (ThreadTransferException $e) {
        return $e->getMessage();
    } catch (Async\RemoteException $e) {
        return 'without its object: ' . $e->getMessage();
    }
}

$pool = pool();
$breaker = new Breaker;
foreach (forbidden() as $what => $value) {
    $reason = substr(message(fn () => new Async\Thread(fn ($given) => 1, $value)), strlen('Cannot transfer $args[0]: '));
    echo $what, ': ', preg_replace('/^\w+(File\w*|DO) /', 'An object of its kind ', $reason), "\n";
    $held = ['k' => (object) ['p' => [$value]]];
    $ways = [
        'submit' => [fn () => $pool->submit(fn ($given) => 1, $held), "\$args[0]['k']->p[0]"],
        'enqueue' => [fn () => $pool->enqueue(fn ($given) => 1, given: $held), "\$args['given']['k']->p[0]"],
        'bound' => [fn () => $pool->submit(function () use ($held) { return 1; }), "\$held['k']->p[0]"],
        '$this' => [fn () => $pool->submit((new Holder($held))->task()), "\$this->held['k']->p[0]"],
        'map' => [fn () => $pool->map([1, $held], fn ($given) => 1), "\$item['k']->p[0]"],
        'bootloader' => [fn () => new ThreadPool(1, 0, function () use ($held) {}), "\$held['k']->p[0]"],
        'call' => [fn () => $breaker->fail($held), "\$args[0]['k']->p[0]"],
        'async call' => [fn () => $breaker->failAsync($held), "\$args[0]['k']->p[0]"],
        'constructor' => [fn () => new Breaker($held), "\$args[0]['k']->p[0]"],
        'result of a thread' => [fn () => (new Async\Thread(fn ($what) => ['r' => forbidden()[$what]], $what))->join(), "return value['r']"],
        'result of a pool' => [fn () => $pool->enqueue(fn ($what) => ['r' => forbidden()[$what]], $what), "return value['r']"],
        'result of an actor' => [fn () => $breaker->make($what), "return value['r']"],
    ];
    foreach ($ways as $way => [$send, $path]) {
        $message = message($send);
        if ($message !== "Cannot transfer $path: $reason") {
            echo "  $way: $message\n";
        }
    }
    // An exception that holds it comes without its object.
    foreach ([fn () => $pool->enqueue(fn ($what) => throw (new Carrier('carried'))->carry(forbidden()[$what]), $what), fn () => $breaker->fail($what)] as $fail) {
        if (message($fail) !== 'without its object: carried') {
            echo '  exception: ', message($fail), "\n";
        }
    }
}
// Nothing is the worse for it.
var_dump($pool->enqueue(fn () => 'the pool goes on'), (new Mirror('the actor'))->held(), count($pool));
--EXPECT--
resource: a resource (stream) is not transferable
closed resource: a resource (closed) is not transferable
generator: Generator is not transferable
fiber: Fiber is not transferable
reflection: ReflectionClass is not transferable
coroutine: Async\Coroutine is not transferable
iterator of the engine: LimitIterator is not transferable
callback iterator: CallbackFilterIterator is not transferable
file: An object of its kind is not transferable
result of a query: An object of its kind is not transferable
string(16) "the pool goes on"
string(9) "the actor"
int(0)
