--TEST--
A pool's handle in its own tasks, pools in tasks of pools, and what becomes of them
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
foreach ([1, 2] as $workers) {
    $pool = new ThreadPool($workers, 4);
    show(fn () => $pool->enqueue(function ($own) {
        $GLOBALS['kept'] = $own;
        return $own->enqueue(fn ($own) => $own->submit(fn () => 1)->await() + 1, $own) + 1;
    }, $pool));
    $nest = function (int $depth) use (&$nest) {
        $pool = new ThreadPool(1);
        return $depth ? $pool->enqueue($nest, $depth - 1) + 1 : $pool->enqueue(fn () => 0);
    };
    show(fn () => $pool->enqueue($nest, 3));
    // The request that made it goes on: so does the pool.
    $made = $pool->enqueue(fn () => new ThreadPool(1));
    show(fn () => $made->enqueue(fn () => 'made in a task'));
}
$brief = new ThreadPool(1, maxTasks: 1);
$made = $brief->enqueue(fn () => new ThreadPool(1));
while (!$made->isClosed()) Async\delay(1);
show(fn () => $made->enqueue(fn () => 1));
$gate = open_gate();
$address = address_of($gate);
foreach (['reload', 'close', 'cancel'] as $call) {
    $pool = new ThreadPool(1, 8);
    $first = $pool->submit(function ($own) use ($call, $address) { pass($address); $own->$call(); $own->$call(); Async\delay(0); return $call; }, $pool);
    $here = await_arrival($gate);
    $second = $pool->submit(fn () => 'second');
    fclose($here);
    show(fn () => $first->await());
    show(fn () => $second->await());
    show(fn () => $pool->enqueue(fn () => 'third'));
}
// The last handle goes in a task, in one that exits, and in a destructor there.
class Last { public function __construct(private $pool) {} public function __destruct() { unset($this->pool); } }
$ends = [
    function ($own) { unset($own); return 'dropped'; },
    function ($own) { $GLOBALS['own'] = $own; exit(3); },
    function ($own) { $GLOBALS['own'] = new Last($own); return 'kept'; },
];
foreach ($ends as $end) {
    $pool = new ThreadPool(1, 8);
    $future = $pool->submit($end, $pool);
    unset($pool);
    show(fn () => $future->await());
}
echo "end\n";
--EXPECTF--
3
3
"made in a task"
3
3
"made in a task"
Async\ThreadPoolException(0): The pool is closed: the script or thread that created it has ended
"reload"
"second"
"third"
"close"
"second"
Async\ThreadPoolException(0): The pool is closed
Async\AsyncCancellation(0): The task was cancelled
Async\AsyncCancellation(0): The task was cancelled
Async\ThreadPoolException(0): The pool is closed
"dropped"
Async\ThreadExitException(3): The thread called exit(3)
"kept"
end
