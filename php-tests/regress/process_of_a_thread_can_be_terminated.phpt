--TEST--
A process that a thread starts has the signals unblocked that it would have from main
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--XFAIL--
PHP starts processes by posix_spawn or vfork, which hand on the mask of the thread; see the README's limits
--FILE--
<?php
use Async\Thread;

function blocked(): array
{
    $process = proc_open(['cat', '/proc/self/status'], [1 => ['pipe', 'w']], $pipes);
    preg_match('/SigBlk:\s+(\w+)/', stream_get_contents($pipes[1]), $opened);
    preg_match('/SigBlk:\s+(\w+)/', shell_exec('cat /proc/self/status'), $shell);
    return [$opened[1], $shell[1]];
}
var_dump(blocked() === (new Thread(blocked(...)))->join());
--EXPECT--
bool(true)
