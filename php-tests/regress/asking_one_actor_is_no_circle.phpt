--TEST--
Threads and coroutines that ask an actor which calls nobody are never told of a circle
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await_all, spawn, spawn_thread};
class Counter extends Async\Actor { private $n = 0; public function add() { return ++$this->n; } }

$counter = new Counter();
for ($t = 0; $t < 4; $t++) {
    $threads[] = spawn_thread(function () use ($counter) {
        for ($i = 0; $i < 15_000; $i++) {
            $counter->add();
        }
        for ($round = 0; $round < 100; $round++) {
            $asking = array_map(fn () => spawn(function () use ($counter) { $counter->addAsync(); $counter->add(); }), range(1, 8));
            foreach (await_all($asking)[1] as $error) {
                throw $error;
            }
        }
    });
}
foreach (await_all($threads)[1] as $error) {
    echo get_class($error), ': ', $error->getMessage(), "\n";
}
var_dump($counter->add());
?>
--EXPECT--
int(66401)
