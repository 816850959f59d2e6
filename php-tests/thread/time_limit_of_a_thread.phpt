--TEST--
set_time_limit() in a thread ends that thread alone
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$other = new Thread(function () use ($address) { pass($address); return 'the other one lives'; });
$guest = await_arrival($gate);
try {
    (new Thread(function () {
        set_time_limit(1);
        while (true);
    }))->join();
} catch (Async\ThreadFatalError $e) {
    echo $e->getMessage(), ' ', basename($e->getFile()), ':', $e->getLine(), "\n";
}
fclose($guest);
echo $other->join(), "\n";
echo (new Thread(function () {
    for ($until = hrtime(true) + 1_200_000_000; hrtime(true) < $until;);
    return 'no limit is left behind';
}))->join(), "\n";
// Main's own limit stands, whatever other requests do with theirs.
set_time_limit(1);
(new Thread(function () { set_time_limit(30); }))->join();
(new Thread(fn () => 1))->join();
while (true);
--EXPECTF--
Maximum execution time of 1 second exceeded time_limit_of_a_thread.php:12
the other one lives
no limit is left behind

Fatal error: Maximum execution time of 1 second exceeded in %stime_limit_of_a_thread.php on line 27
