--TEST--
Names that a thread draws from elsewhere are there in the threads that it starts, and for those it hands code to
--FILE--
<?php
use Async\{Thread, ThreadPool};
use function Async\spawn_thread;

class Dep { public $n = 1; }
function usesDep() { return (new Dep)->n; }
$make = fn (int $i) => fn () => eval("const CON$i = $i; class Own$i { public \$n = CON$i; } return fn () => (new Own$i)->n;");

echo (new Thread((new Thread($make(1)))->join()))->join();
echo (new ThreadPool(1))->enqueue((new ThreadPool(1))->enqueue($make(2)));
$closure = (new Thread($make(3)))->join();
echo $closure(), (new Thread($closure))->join(), "\n";

echo spawn_thread(fn () => (new Thread(fn () => usesDep()))->join(), inherit: false)->join();
echo spawn_thread(fn () => spawn_thread(fn () => usesDep(), inherit: false)->join(), inherit: false)->join();
echo spawn_thread(fn () => usesDep(), bootloader: fn () => (new Thread(fn () => usesDep()))->join())->join(), "\n";

// Many closures from as many threads: each is there, and what the earlier ones brought does not pile up in new threads.
for ($i = 10; $i < 60; $i++) {
    (new Thread((new Thread($make($i)))->join()))->join() === $i || exit("wrong closure $i\n");
}
echo "all\n";
?>
--EXPECT--
1233
111
all
