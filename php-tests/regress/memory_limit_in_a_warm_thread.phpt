--TEST--
A memory limit below what a warm thread has cached holds all the same
--FILE--
<?php
use Async\Thread;

$died = 0;
for ($i = 0; $i < 30; $i++) {
    // Leaves freed memory cached in the thread.
    (new Thread(function () { for ($i = 0; $i < 5; $i++) $list = array_map(fn (int $n) => "text $n", range(1, 200_000)); }))->join();
    try {
        (new Thread(function () { ini_set('memory_limit', '4M'); return strlen(str_repeat('x', 20_000_000)); }))->join();
    } catch (Async\ThreadFatalError) {
        $died++;
    }
}
echo $died, "\n";
--EXPECT--
30
