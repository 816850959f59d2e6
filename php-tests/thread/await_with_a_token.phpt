--TEST--
An await with a token gives up when the token completes first; the thread goes on
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;
use function Async\{await, timeout};

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) { pass($address); return 'late'; });
$guest = await_arrival($gate);
show(fn () => await($thread, timeout(10)));
show(fn () => await($thread, new Thread(fn () => 'a thread is a token too')));
fclose($guest);
show(fn () => await($thread, timeout(60_000)));
--EXPECT--
Async\OperationCanceledException(0): The awaiting was cancelled, previous Async\TimeoutException
Async\OperationCanceledException(0): The awaiting was cancelled
"late"
