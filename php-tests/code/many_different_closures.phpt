--TEST--
Thousands of closures made, run once and dropped: each runs its own code, and memory stays flat
--FILE--
<?php
use Async\Thread;
function resident(): int { return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4; }
// All threads that the cache keeps are there before: one more of them takes 600 kB for good.
$full = array_map(fn () => new Thread(fn () => usleep(200_000)), range(1, 12));
foreach ($full as $thread) $thread->join();
unset($full, $thread);
for ($i = 0; $i < 12000; $i++) {
    if ($i === 4000) $before = [resident(), memory_get_usage()];
    $f = eval("return function (\$a) { \$x = 'text $i'; foreach ([1, 2, $i] as \$k) \$x .= \$k; return \$x . \$a; };");
    if ((new Thread($f, 'arg'))->join() !== "text {$i}12{$i}arg") echo "wrong code at $i\n";
}
$grown = resident() - $before[0] - (memory_get_usage() - $before[1]) / 1024;
echo $grown < 2000 ? 'flat' : "grown by $grown kB beside PHP's own heap", "\n";
--EXPECT--
flat
