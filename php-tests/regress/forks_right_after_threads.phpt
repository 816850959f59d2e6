--TEST--
A fork right after threads have ended leaves the child with nothing that they held
--EXTENSIONS--
pcntl
--FILE--
<?php
use Async\Thread;

$list = range(1, 20_000);
for ($i = 0; $i < 50; $i++) {
    $threads = array_map(fn () => new Thread(fn (array $list) => $list, $list), range(1, 4));
    foreach ($threads as $thread) {
        $thread->join();
    }
    unset($thread, $threads);
    $child = pcntl_fork();
    if ($child === 0) {
        exit((new Thread(fn (array $list) => array_sum($list), $list))->join() === 200_010_000 ? 0 : 1);
    }
    pcntl_waitpid($child, $status);
    pcntl_wexitstatus($status) === 0 || exit("wrong in child $i\n");
}
echo "all children have ended\n";
?>
--EXPECT--
all children have ended
