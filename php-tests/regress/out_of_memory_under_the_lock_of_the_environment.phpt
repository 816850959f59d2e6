--TEST--
A thread whose memory ends while it copies the environment does not keep the others from it
--FILE--
<?php
use Async\Thread;
putenv('LARGE=' . str_repeat('x', 4_000_000));
foreach ([1, 2] as $n) {
    try {
        (new Thread(function () { ini_set('memory_limit', memory_get_usage(true)); return strlen(getenv()['LARGE']); }))->join();
    } catch (Async\ThreadFatalError $e) {
        echo substr($e->getMessage(), 0, 19), "\n";
    }
    echo (new Thread(fn () => strlen(getenv('LARGE'))))->join(), "\n";
}
// The same on the way to a thread's first line: it has these as its creator has, with a copy of the environment in each.
count($_SERVER) + count($_ENV);
ini_set('memory_limit', '6M');
$thread = new Thread(fn () => 1);
try {
    $thread->join();
} catch (Async\ThreadFatalError) {
    echo "died\n";
}
echo strlen(getenv('LARGE')), "\n";
--EXPECT--
Allowed memory size
4000000
Allowed memory size
4000000
died
4000000
