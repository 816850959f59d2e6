--TEST--
A result whose restore() suspends is restored once, for all coroutines that wait for it, and for code in restore() that asks for it
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Actor, Thread, ThreadPool};
use function Async\{await, delay, spawn, suspend};

class T implements Async\Transferable
{
    public static int $restored = 0;
    public function transfer(): mixed { return 1; }
    public static function restore(mixed $state): static
    {
        self::$restored++;
        for ($i = 0; $i < 3; $i++) suspend();
        delay(1);
        return new static;
    }
}
class Makes extends Actor { public function make() { return [new T]; } }

$thread = new Thread(fn () => [new T]);
$pool = new ThreadPool(1);
$submitted = $pool->submit(fn () => [new T]);
$actor = new Makes;
$message = $actor->makeAsync();
foreach (['thread' => fn () => $thread->join(), 'pool' => fn () => $submitted->await(), 'actor' => fn () => $message->await()] as $of => $ask) {
    T::$restored = 0;
    $waiting = array_map(fn () => spawn($ask), range(1, 4));
    $results = array_map(fn ($coroutine) => await($coroutine), $waiting);
    $results[] = $ask();
    echo $of, ': ', count(array_unique(array_map(fn ($r) => spl_object_id($r[0]), $results))), ' of ', T::$restored, "\n";
}

// One that gives up waiting leaves the others alone; a restore() that throws does so for all.
class Throws extends T { public static function restore(mixed $state): static { suspend(); throw new LogicException('restored ' . ++self::$restored); } }
T::$restored = 0;
$thread = new Thread(fn () => new Throws);
$waiting = array_map(fn () => spawn(fn () => $thread->join()), range(1, 3));
foreach ($waiting as $coroutine) {
    try { await($coroutine); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
}

// What is being restored asks for itself.
class Asks extends T
{
    public static ?Thread $asked;
    public static function restore(mixed $state): static
    {
        if (self::$restored++ === 0) { echo get_debug_type(self::$asked->join()), "\n"; }
        return new static;
    }
}
T::$restored = 0;
Asks::$asked = $thread = new Thread(fn () => new Asks);
var_dump($thread->join() === $thread->join(), T::$restored);
?>
--EXPECT--
thread: 1 of 1
pool: 1 of 1
actor: 1 of 1
restored 1
restored 1
restored 1
Asks
bool(true)
int(2)
