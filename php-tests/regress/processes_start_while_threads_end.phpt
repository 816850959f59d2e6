--TEST--
A process that is started while other threads begin and end is not left with a lock that they wait for
--FILE--
<?php
use Async\Thread;

// Each of them begins and ends while others start processes, which before PHP 8.3 is a fork.
$start = static fn () => proc_close(proc_open(['true'], [], $pipes));
for ($round = 0; $round < 60; $round++) {
    $threads = [];
    for ($i = 0; $i < 16; $i++) {
        $threads[] = new Thread($i % 4 ? static fn () => 0 : $start);
    }
    foreach ($threads as $thread) {
        $thread->join() === 0 || exit("a process failed\n");
    }
}
echo "all ended\n";
?>
--EXPECT--
all ended
