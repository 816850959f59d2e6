--TEST--
What came back from a thread may be declared by its file: in main, in later threads, pools and actors, any number of times
--FILE--
<?php
use Async\{Actor, Thread, ThreadPool};

$file = sys_get_temp_dir() . '/async_threads_came_back_' . getmypid() . '.php';
file_put_contents($file, '<?php
class Base { public int $n = 3; }
class Own extends Base { static function closure() { return static fn (int $x) => helper($x); } }
function helper(int $x) { return $x + 1; }
');
$object = function () use ($file) { require_once $file; return new Own; };
$closure = function () use ($file) { require_once $file; return Own::closure(); };
$nested = fn () => (new Thread($object))->join();

class Maker extends Actor {
    public function make(Closure $task) { return $task(); }
}

for ($i = 0; $i < 3; $i++) {
    echo (new Thread($object))->join()->n, (new Thread($closure))->join()(3), (new Thread($nested))->join()->n;
    echo (new Thread(fn () => (new Own)->n . helper(4)))->join(), "\n";
}
$pool = new ThreadPool(1);
$actor = new Maker;
for ($i = 0; $i < 2; $i++) {
    echo $pool->enqueue($object)->n, $pool->enqueue($closure)(3), $actor->make($object)->n, $actor->make($closure)(3), "\n";
}
require_once $file;
echo (new Own)->n, helper(3), (new Thread($object))->join()->n, "\n";
unlink($file);
?>
--EXPECT--
34335
34335
34335
3434
3434
343
