--TEST--
pcntl_fork() works while no thread runs, and the child can start threads of its own
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

// Idle threads are kept; the child does not have them.
for ($i = 0; $i < 4; $i++) {
    $threads[] = new Thread(fn () => 1);
}
foreach ($threads as $thread) {
    $thread->join();
}
// A thread has ended altogether a little after its result is there.
do {
    try {
        $child = pcntl_fork();
        break;
    } catch (Error) {
    }
} while (true);
if ($child === 0) {
    show(fn () => (new Thread(fn () => 'thread of the child'))->join());
    $cancelled = new Thread(function () { while (true); });
    $cancelled->cancel();
    show(fn () => $cancelled->join());
    exit(5);
}
pcntl_waitpid($child, $status);
show(fn () => pcntl_wexitstatus($status));
show(fn () => (new Thread(fn () => 'thread of the parent'))->join());
--EXPECT--
"thread of the child"
Async\AsyncCancellation(0): The task was cancelled
5
"thread of the parent"
