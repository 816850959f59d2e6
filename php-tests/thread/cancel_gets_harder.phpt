--TEST--
Code that catches its cancellation and goes on is stopped harder; finally blocks run even then
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) {
    $caught = 0;
    try {
        while (true) {
            try {
                $caught || arrive($address);
                while (true);
            } catch (Throwable) {
                $caught++;
            }
        }
    } finally {
        echo "finally after $caught\n";
    }
});
await_arrival($gate);
$thread->cancel();
show(fn () => $thread->join());
--EXPECT--
finally after 1
Async\AsyncCancellation(0): The task was cancelled
