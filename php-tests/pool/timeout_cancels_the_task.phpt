--TEST--
An await whose token completes first cancels the task, whatever it does; the worker is free again
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
use function Async\{await, timeout};
$pool = new ThreadPool(1);
foreach ([
    'loop' => function () { while (true); },
    'sleep' => function () { sleep(60); },
    'usleep' => function () { while (true) usleep(1000); },
    'nested' => function () use ($pool) { $pool->enqueue(function () { while (true); }); },
    'delay' => function () { Async\delay(60_000); },
    'read' => function () { $p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); $r = [$p[0]]; $w = $e = null; @stream_select($r, $w, $e, 60); while (true); },
] as $what => $task) {
    $future = $pool->submit($task);
    try {
        await($future, timeout(20));
        echo "no timeout\n";
    } catch (Async\OperationCanceledException $e) {
        printf("%s: %s, previous %s\n", $what, get_class($e), get_class($e->getPrevious()));
    }
    show(fn () => $future->await());
}
show(fn () => $pool->enqueue(fn () => 'free'));
--EXPECT--
loop: Async\OperationCanceledException, previous Async\TimeoutException
Async\AsyncCancellation(0): The task was cancelled
sleep: Async\OperationCanceledException, previous Async\TimeoutException
Async\AsyncCancellation(0): The task was cancelled
usleep: Async\OperationCanceledException, previous Async\TimeoutException
Async\AsyncCancellation(0): The task was cancelled
nested: Async\OperationCanceledException, previous Async\TimeoutException
Async\AsyncCancellation(0): The task was cancelled
delay: Async\OperationCanceledException, previous Async\TimeoutException
Async\AsyncCancellation(0): The task was cancelled
read: Async\OperationCanceledException, previous Async\TimeoutException
Async\AsyncCancellation(0): The task was cancelled
"free"
