<?php
// A closure runs in a thread of its own; its result comes back.

use Async\Thread;
use function Async\await;

function greet(string $name): string
{
    return "Hello, $name!";
}

$greeting = 'world';
$thread = new Thread(fn () => greet($greeting));
echo await($thread), "\n";

// Several at once: they run on all cores.
$threads = [];
foreach ([20, 22, 24] as $n) {
    $threads[$n] = new Thread(function (int $n) {
        $fibonacci = function (int $n) use (&$fibonacci) {
            return $n < 2 ? $n : $fibonacci($n - 1) + $fibonacci($n - 2);
        };
        return $fibonacci($n);
    }, $n);
}
foreach ($threads as $n => $thread) {
    echo "fibonacci($n) = ", $thread->join(), "\n";
}

// What goes wrong in a thread comes to whoever waits for it.
try {
    await(new Thread(fn () => throw new DomainException('no such room', 404)));
} catch (Async\RemoteException $e) {
    echo get_class($e->getRemoteException()), ': ', $e->getMessage(), ' (', $e->getCode(), ")\n";
}
