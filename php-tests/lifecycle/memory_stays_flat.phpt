--TEST--
Thousands of threads one after another leave no memory behind
--FILE--
<?php
use Async\Thread;

function resident(): int
{
    preg_match('/VmRSS:\s+(\d+) kB/', file_get_contents('/proc/self/status'), $match);
    return (int) $match[1];
}
function run(int $count): void
{
    for ($i = 0; $i < $count; $i++) {
        $thread = new Thread(fn (array $list) => [...$list, $i], [1, 2, 'three']);
        if ($thread->join() !== [1, 2, 'three', $i]) {
            throw new Exception("wrong result of thread $i");
        }
    }
}
// All threads that the cache keeps are there before: one more of them, started when others are slow to end, takes 600 kB for good.
$full = array_map(fn () => new Thread(fn () => usleep(200_000)), range(1, 12));
foreach ($full as $thread) {
    $thread->join();
}
unset($full, $thread);
run(500);
$before = resident();
// A leak of a quarter of a kilobyte a thread would be 1500; with none it is 200 to 400, also on a busy machine.
run(6000);
$growth = resident() - $before;
echo $growth < 1200 ? "flat\n" : "grew by $growth kB\n";
--EXPECT--
flat
