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
run(2000);
$growth = resident() - $before;
echo $growth < 2048 ? "flat\n" : "grew by $growth kB\n";
--EXPECT--
flat
