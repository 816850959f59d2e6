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
run(500);
$before = resident();
// A leak of one kilobyte a thread would be 6000; another thread of the system, when others are slow to end, takes up to 2000 for good.
run(6000);
$growth = resident() - $before;
echo $growth < 4500 ? "flat\n" : "grew by $growth kB\n";
--EXPECT--
flat
