--TEST--
Fibers of another event loop await threads and coroutines through completion_stream() and dispatch()
--FILE--
<?php
require __DIR__ . '/loop.inc';
require __DIR__ . '/../../adapters/revolt/src/Adapter.php';
require __DIR__ . '/../../adapters/revolt/src/functions.php';
use Async\Revolt\Adapter;
use Revolt\EventLoop;
use function Async\{delay, spawn, spawn_thread};

$got = [];
$end = function (string $what) use (&$got) { $got[] = $what; count($got) === 3 && Adapter::uninstall(); };
EventLoop::queue(function () use ($end) {
    $thread = spawn_thread(fn () => usleep(20000) ?? 'from a thread');
    EventLoop::queue(fn () => print("the loop goes on\n"));
    $end(Async\Revolt\await($thread));
});
EventLoop::queue(function () use ($end) {
    try {
        Async\Revolt\await(spawn_thread(fn () => usleep(60000) ?? throw new LogicException('thrown there')));
    } catch (Async\RemoteException $e) {
        $end($e->getMessage());
    }
});
EventLoop::queue(function () use ($end) {
    $end(Async\Revolt\await(spawn(function () { delay(5); return 'from a coroutine'; })));
});
EventLoop::run();
sort($got);
echo implode("\n", $got), "\nend\n";
--EXPECT--
the loop goes on
from a coroutine
from a thread
thrown there
end
