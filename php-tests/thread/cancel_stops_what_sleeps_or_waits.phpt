--TEST--
cancel() ends sleep, usleep, time_nanosleep, stream_select, a blocking read of a pipe, and waits for another thread and for time
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$waits = [
    'sleep' => function () { sleep(1000); },
    'usleep' => function () { usleep(1_000_000_000); },
    'time_nanosleep' => function () { time_nanosleep(1000, 0); },
    'stream_select' => function () {
        [$reader, $writer] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $read = [$reader];
        $write = $except = null;
        stream_select($read, $write, $except, 1000);
    },
    'pipe' => function () {
        // It ends with its input, whenever the cancellation comes, and keeps nothing of ours open.
        $process = proc_open('exec cat', [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
        fread($pipes[1], 1);
    },
    'thread' => function () {
        $inner = new Thread(function () { while (true); });
        try {
            $inner->join();
        } finally {
            $inner->cancel();
        }
    },
    'delay' => function () { Async\delay(1_000_000); },
];
foreach ($waits as $name => $wait) {
    $thread = new Thread(function () use ($address, $wait) {
        try {
            arrive($address);
            @$wait();
            while (true);
        } finally {
            echo 'finally, ';
        }
    });
    await_arrival($gate);
    $start = hrtime(true);
    $thread->cancel();
    try {
        $thread->join();
    } catch (Async\AsyncCancellation) {
        $seconds = (hrtime(true) - $start) / 1e9;
        echo $name, $seconds < 5 ? ": cancelled\n" : ": cancelled after $seconds seconds\n";
    }
}
--EXPECT--
finally, sleep: cancelled
finally, usleep: cancelled
finally, time_nanosleep: cancelled
finally, stream_select: cancelled
finally, pipe: cancelled
finally, thread: cancelled
finally, delay: cancelled
