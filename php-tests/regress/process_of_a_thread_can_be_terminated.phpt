--TEST--
A process that a thread starts has the signals unblocked that it would have from main
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--FILE--
<?php
use Async\Thread;

function blocked(): array
{
    $process = proc_open(['cat', '/proc/self/status'], [1 => ['pipe', 'w']], $pipes);
    preg_match('/SigBlk:\s+(\w+)/', stream_get_contents($pipes[1]), $opened);
    preg_match('/SigBlk:\s+(\w+)/', shell_exec('cat /proc/self/status'), $shell);
    preg_match('/SigBlk:\s+(\w+)/', exec('grep SigBlk /proc/self/status'), $exec);
    preg_match('/SigBlk:\s+(\w+)/', stream_get_contents(popen('cat /proc/self/status', 'r')), $piped);
    ob_start();
    system('cat /proc/self/status');
    passthru('cat /proc/self/status');
    preg_match_all('/SigBlk:\s+(\w+)/', ob_get_clean(), $shown);
    return [$opened[1], $shell[1], $exec[1], $piped[1], ...$shown[1]];
}
function own(): string
{
    preg_match('/SigBlk:\s+(\w+)/', file_get_contents('/proc/thread-self/status'), $own);
    return $own[1];
}
var_dump(count(blocked()), blocked() === (new Thread(blocked(...)))->join());
// Its own mask is as it was, whether a call returns, throws or is cut off by a fatal error.
echo (new Thread(function () {
    $before = own();
    shell_exec('true');
    try { proc_open([], [], $pipes); } catch (ValueError) {}
    return $before === own() ? "as before\n" : "changed\n";
}))->join();
// Two that overlap and end in any order.
echo (new Thread(function () {
    $before = own();
    $run = fn (string $command) => Async\spawn(fn () => exec($command));
    Async\await_all([$run('sleep 0.01'), $run('sleep 0.05')]);
    return $before === own() ? "as before\n" : "changed\n";
}))->join();
try {
    (new Thread(function () {
        ob_start(function () { ini_set('memory_limit', '4M'); str_repeat('x', 8 << 20); }, 1);
        system('echo output');
    }))->join();
} catch (Async\ThreadFatalError) {
    echo "fatal error\n";
}
var_dump((new Thread(own(...)))->join() === (new Thread(own(...)))->join());
--EXPECT--
int(6)
bool(true)
as before
as before
fatal error
bool(true)
