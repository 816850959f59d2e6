--TEST--
Without a thread cache each thread is a new one, and all works the same
--INI--
async_threads.thread_cache=0
--FILE--
<?php
use Async\Thread;

$sum = 0;
for ($i = 0; $i < 50; $i++) {
    $sum += (new Thread(fn () => $i))->join();
}
echo $sum, "\n";
$threads = array_map(fn (int $n) => new Thread(fn () => $n), range(1, 20));
echo array_sum(array_map(fn (Thread $thread) => $thread->join(), $threads)), "\n";
--EXPECT--
1225
210
