--TEST--
What the callbacks of a task's output buffers throw or die of is the task's end, and nothing of it is left for the next
--FILE--
<?php
require __DIR__ . '/../pool/gate.inc';
class Printer extends Async\Actor
{
    public function leaveOpen(): int { ob_start(fn () => throw new LogicException('of an actor')); return 1; }
    public function say(): int { echo "actor goes on\n"; return 2; }
}
$throws = function () { ob_start(fn () => throw new LogicException('of a callback')); return 1; };
$dies = function () { ob_start(function () { ob_start(); }); return 1; };
$exits = function () { ob_start(function () { exit(5); }); return 1; };
$both = function () { ob_start(fn () => throw new LogicException('of a callback')); throw new DomainException('of the task'); };
$waits = function () { ob_start(function ($text) { Async\delay(1); return strtoupper($text); }); echo "sent\n"; return 1; };
$next = function () { echo "next goes on\n"; return 2; };
foreach ([false, true] as $coroutine) {
    $pool = new Async\ThreadPool(1, 8, coroutine: $coroutine);
    foreach ([$throws, $dies, $exits, $both, $waits] as $task) {
        show(fn () => $pool->enqueue($task));
        show(fn () => $pool->enqueue($next));
    }
}
$boots = new Async\ThreadPool(1, 8, $throws);
show(fn () => $boots->enqueue($next));
$printer = new Printer;
show(fn () => $printer->leaveOpen());
show(fn () => $printer->say());
--EXPECTF--
LogicException(0): of a callback
next goes on
2
Async\ThreadFatalError(0): ob_start(): Cannot use output buffering in output buffering display handlers
next goes on
2
Async\ThreadExitException(5): The thread called exit(5)
next goes on
2
DomainException(0): of the task
next goes on
2
SENT
1
next goes on
2
LogicException(0): of a callback
next goes on
2
Async\ThreadFatalError(0): ob_start(): Cannot use output buffering in output buffering display handlers
next goes on
2
Async\ThreadExitException(5): The thread called exit(5)
next goes on
2
DomainException(0): of the task
next goes on
2
SENT
1
next goes on
2
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: of a callback in %s:%d
LogicException(0): of an actor
actor goes on
2
