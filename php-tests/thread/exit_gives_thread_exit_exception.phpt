--TEST--
exit ends the thread alone; its status arrives as ThreadExitException
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

function nested(int $status): void { array_map(fn () => exit($status), [1]); }

foreach ([fn () => exit(3), fn () => exit, fn () => exit(255), fn () => die("last words\n"), fn () => nested(7), fn () => eval('exit(5);')] as $task) {
    try {
        var_dump((new Thread($task))->join());
    } catch (Async\ThreadExitException $e) {
        echo get_class($e), ' ', $e->getStatus(), ' ', $e->getCode(), ' ', $e->getMessage(), "\n";
    }
}
--EXPECT--
Async\ThreadExitException 3 3 The thread called exit(3)
Async\ThreadExitException 0 0 The thread called exit(0)
Async\ThreadExitException 255 255 The thread called exit(255)
last words
Async\ThreadExitException 0 0 The thread called exit(0)
Async\ThreadExitException 7 7 The thread called exit(7)
Async\ThreadExitException 5 5 The thread called exit(5)
