--TEST--
set_time_limit() in a thread ends that thread alone
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300) die('skip before PHP 8.3 a timer cannot tell threads apart'); ?>
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
--EXPECTF--
Maximum execution time of 1 second exceeded time_limit_of_a_thread.php:12
the other one lives
no limit is left behind
