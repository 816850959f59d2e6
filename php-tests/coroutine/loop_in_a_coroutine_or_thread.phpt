--TEST--
An event loop of the user may run in a coroutine or a thread: select() on completion_stream() sleeps until there is something to dispatch
--FILE--
<?php
use function Async\{await, completion_stream, delay, dispatch, spawn};
$loop = function (string $where): string {
    $done = 0;
    $turns = 0;
    foreach ([1, 2, 3] as $i) {
        spawn(function () use (&$done, $i) { delay($i * 20); $done++; });
    }
    $stream = completion_stream();
    while ($done < 3) {
        $read = [$stream];
        $none = null;
        stream_select($read, $none, $none, 10);
        dispatch();
        $turns++;
    }
    return "$where: " . ($turns < 20 ? 'few turns' : "$turns turns") . "\n";
};
echo $loop('main');
echo await(spawn($loop, 'coroutine'));
echo await(spawn($loop, 'coroutine after another'));
echo await(new Async\Thread(fn () => $loop('thread')));
echo await(new Async\Thread(fn () => await(spawn($loop, 'coroutine in thread'))));
--EXPECT--
main: few turns
coroutine: few turns
coroutine after another: few turns
thread: few turns
coroutine in thread: few turns
