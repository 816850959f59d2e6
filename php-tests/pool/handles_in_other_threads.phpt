--TEST--
A pool's handle works in any thread; the pool of a thread that has ended refuses work with a reason
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\{Thread, ThreadPool};
$pool = new ThreadPool(2);
$threads = [];
for ($i = 0; $i < 4; $i++) $threads[] = new Thread(fn () => array_sum(array_map(fn ($n) => $pool->enqueue(fn () => $n), range(1, 50))));
foreach ($threads as $thread) show(fn () => $thread->join());
$future = (new Thread(fn () => $pool->submit(fn () => 'from another thread')))->join();
show(fn () => $future->await());

$orphan = (new Thread(fn () => new ThreadPool(1)))->join();
show(fn () => $orphan->enqueue(fn () => 1));
show(fn () => $orphan->map([1], fn () => 1));
show(fn () => [$orphan->isClosed(), $orphan->getWorkerCount(), count($orphan)]);
$future = (new Thread(function () { $p = new ThreadPool(1); return $p->submit(fn () => 'done before its owner ended'); }))->join();
show(fn () => $future->await());
--EXPECT--
1275
1275
1275
1275
"from another thread"
Async\ThreadPoolException(0): The pool is closed: the script or thread that created it has ended
Async\ThreadPoolException(0): The pool is closed: the script or thread that created it has ended
[true,0,0]
"done before its owner ended"
