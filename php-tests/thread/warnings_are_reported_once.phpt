--TEST--
A warning in a thread is reported once, with file and line, and an error handler of the thread gets it instead
--FILE--
<?php
use Async\Thread;

(new Thread(function () {
    echo $undefined;
    trigger_error('a notice of mine');
    echo @$silenced;
}))->join();
echo json_encode((new Thread(function () {
    $seen = [];
    set_error_handler(function (int $kind, string $message) use (&$seen) { $seen[] = $message; return true; });
    echo $undefined;
    return $seen;
}))->join()), "\n";
--EXPECTF--

Warning: Undefined variable $undefined in %swarnings_are_reported_once.php on line 5

Notice: a notice of mine in %swarnings_are_reported_once.php on line 6
["Undefined variable $undefined"]
