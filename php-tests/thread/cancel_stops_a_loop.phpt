--TEST--
cancel() stops a thread that loops, and its finally blocks and destructors run
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

class Noisy { public function __destruct() { echo "destructor\n"; } }
$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) {
    $noisy = new Noisy;
    try {
        arrive($address);
        while (true);
    } finally {
        echo "finally\n";
    }
});
await_arrival($gate);
$thread->cancel();
$thread->cancel();
show(fn () => $thread->join());
var_dump($thread->isCancelled());
--EXPECT--
finally
destructor
Async\AsyncCancellation(0): The task was cancelled
bool(true)
