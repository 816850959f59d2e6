--TEST--
A thread that catches its cancellation and returns soon has returned
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) {
    try {
        arrive($address);
        while (true);
    } catch (Async\AsyncCancellation) {
        return 'tidied up';
    }
});
await_arrival($gate);
$thread->cancel();
show(fn () => $thread->join());
var_dump($thread->isCancelled());

$thread = new Thread(function () use ($address) {
    try {
        arrive($address);
        while (true);
    } catch (Async\AsyncCancellation) {
        throw new LogicException('failed to tidy up');
    }
});
await_arrival($gate);
$thread->cancel();
show(fn () => $thread->join());
--EXPECT--
"tidied up"
bool(false)
Async\RemoteException(0): failed to tidy up, previous LogicException
