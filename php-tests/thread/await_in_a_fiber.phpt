--TEST--
Threads can be started and awaited inside a Fiber, in main code and in a thread
--FILE--
<?php
use Async\Thread;
use function Async\await;

$in_fiber = function () {
    $fiber = new Fiber(function () {
        $thread = new Thread(fn () => 'from a thread');
        $more = Fiber::suspend(await($thread));
        try {
            await(new Thread(fn () => throw new Exception('caught in the fiber')));
        } catch (Async\RemoteException $e) {
            return $more . ' ' . $e->getMessage();
        }
    });
    $first = $fiber->start();
    $fiber->resume('and');
    return "$first $" . $fiber->getReturn();
};
echo $in_fiber(), "\n", (new Thread($in_fiber))->join(), "\n";
--EXPECT--
from a thread $and caught in the fiber
from a thread $and caught in the fiber
