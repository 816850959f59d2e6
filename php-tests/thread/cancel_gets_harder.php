<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) {
    arrive($address);
    $caught = 0;
    try {
        while (true) {
            try {
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
