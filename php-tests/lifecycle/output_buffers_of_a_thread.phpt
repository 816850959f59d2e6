--TEST--
Output buffering is a thread's own; what a thread leaves in a buffer is flushed, with its callback
--FILE--
<?php
use Async\Thread;

ob_start();
echo 'main ';
echo (new Thread(function () {
    ob_start();
    echo 'inner';
    return strtoupper(ob_get_clean()) . ' ' . ob_get_level();
}))->join();
$main = ob_get_clean();
echo $main, "\n";
(new Thread(function () {
    ob_start(fn (string $text) => strrev($text));
    echo "desrever";
}))->join();
--EXPECT--
main INNER 0
reversed
