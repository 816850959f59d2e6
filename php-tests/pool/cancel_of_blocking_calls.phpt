--TEST--
A cancellation reaches a task that stands in a blocking call: reads of sockets, pipes and files, locks, sleeps
--SKIPIF--
<?php if (!function_exists('posix_mkfifo')) die('skip needs posix'); ?>
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$gate = open_gate();
$address = address_of($gate);
$fifo = __DIR__ . '/cancel_of_blocking_calls.fifo';
$lock = __DIR__ . '/cancel_of_blocking_calls.lock';
posix_mkfifo($fifo, 0600);
$held = fopen($lock, 'w');
flock($held, LOCK_EX);
$pool = new ThreadPool(1);
// Until the worker is really inside the call.
$asleep = function () {
    for ($state = ''; $state !== 'S'; Async\delay(1)) {
        foreach (glob('/proc/self/task/*/stat') as $file) {
            [$id, $stat] = [basename(dirname($file)), (string) @file_get_contents($file)];
            if ($id != getmypid() && str_contains($stat, '(async_threads)')) $state = explode(' ', $stat)[2];
        }
    }
};
foreach ([
    'fgets of a socket' => function () use ($address) { fgets(arrive($address)); },
    'stream_get_contents of a socket' => function () use ($address) { stream_get_contents(arrive($address)); },
    'fread of a pair' => function () use ($address) { $p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); $a = arrive($address); fread($p[0], 10); },
    'accept' => function () use ($address) { $s = stream_socket_server('tcp://127.0.0.1:0'); $a = arrive($address); @stream_socket_accept($s, 60); },
    'a pipe that nobody writes to' => function () use ($address, $fifo) { $f = fopen($fifo, 'r+'); $a = arrive($address); fread($f, 1); },
    'flock' => function () use ($address, $lock) { $f = fopen($lock, 'w'); $a = arrive($address); flock($f, LOCK_EX); },
    'sleep' => function () use ($address) { $a = arrive($address); sleep(60); },
    'time_nanosleep' => function () use ($address) { $a = arrive($address); time_nanosleep(60, 0); },
] as $what => $task) {
    $future = $pool->submit($task);
    $here = await_arrival($gate);
    $asleep();
    $future->cancel();
    echo $what, ': ';
    show(fn () => $future->await());
    unset($here);
}
show(fn () => $pool->enqueue(fn () => 'free'));
var_dump($pool->stats()['workers'][0]['restarts']);
unlink($fifo);
unlink($lock);
--CLEAN--
<?php
@unlink(__DIR__ . '/cancel_of_blocking_calls.fifo');
@unlink(__DIR__ . '/cancel_of_blocking_calls.lock');
--EXPECT--
fgets of a socket: Async\AsyncCancellation(0): The task was cancelled
stream_get_contents of a socket: Async\AsyncCancellation(0): The task was cancelled
fread of a pair: Async\AsyncCancellation(0): The task was cancelled
accept: Async\AsyncCancellation(0): The task was cancelled
a pipe that nobody writes to: Async\AsyncCancellation(0): The task was cancelled
flock: Async\AsyncCancellation(0): The task was cancelled
sleep: Async\AsyncCancellation(0): The task was cancelled
time_nanosleep: Async\AsyncCancellation(0): The task was cancelled
"free"
int(0)
