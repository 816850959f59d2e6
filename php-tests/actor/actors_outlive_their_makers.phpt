--TEST--
Actors made in threads, pool tasks, coroutines and actors live on when those have ended; a handle keeps its actor, and what was sent is handled before it goes
--EXTENSIONS--
async_threads
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip the engine refuses switches in destructors'); ?>
--FILE--
<?php
use function Async\{await, spawn, spawn_thread};
class Log extends Async\Actor {
    private array $lines = [];
    public function add(string $line) { $this->lines[] = $line; }
    public function lines() { return $this->lines; }
}
class A extends Async\Actor {
    private int $n = 0;
    public function __construct(private string $name, private Log $log) {}
    public function add() { return ++$this->n; }
    public function name() { return $this->name; }
    public function make(string $name) { return new A($name, $this->log); }
    public function __destruct() { $this->log->add("$this->name: $this->n"); }
}
$log = new Log;
$made = [await(spawn_thread(fn() => new A('thread', $log)))];
$pool = new Async\ThreadPool(1);
$made[] = $pool->enqueue(fn() => new A('pool', $log));
$pool->close();
$made[] = await(spawn(fn() => new A('coroutine', $log)));
$made[] = (new A('maker', $log))->make('actor');
unset($pool);
foreach ($made as $a) { echo $a->name(), ' ', $a->add(), "\n"; }
// Handed to a thread, and gone here.
$b = new A('kept', $log);
$thread = spawn_thread(function () use ($b, $log) { while (!in_array('go', $log->lines())); return [$b->add(), $b]; });
unset($b);
$log->add('go');
[$n, $b] = await($thread);
var_dump($n, $b->add());
unset($thread);
foreach ($made as $a) { for ($i = 0; $i < 50; $i++) { $a->addAsync()->ignore(); } }
unset($made, $a, $b);
do { $lines = $log->lines(); } while (count($lines) < 7);
sort($lines);
echo implode("\n", $lines), "\n";
--EXPECT--
thread 1
pool 1
coroutine 1
actor 1
int(1)
int(2)
actor: 51
coroutine: 51
go
kept: 2
maker: 0
pool: 51
thread: 51
