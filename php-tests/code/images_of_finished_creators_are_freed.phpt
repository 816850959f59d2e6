--TEST--
Classes and functions that a finished thread declared and gave to its own threads leave nothing behind
--FILE--
<?php
use Async\Thread;
function resident(): int { return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4; }
$creator = function (int $i) {
    $code = '';
    for ($c = 0; $c < 30; $c++) $code .= "class C{$i}_$c { const A = [$i]; public static \$s = 'static$i'; function m() { return self::A[0] . static::\$s; } } function f{$i}_$c() { return new C{$i}_$c; }";
    eval($code);
    return (new Thread(fn () => ("f{$i}_7")()->m()))->join();
};
// All threads that the cache keeps are there before: one more of them takes 600 kB for good.
$full = array_map(fn () => new Thread(fn () => usleep(200_000)), range(1, 12));
foreach ($full as $thread) $thread->join();
unset($full, $thread);
for ($i = 0; $i < 400; $i++) {
    if ($i === 150) $before = resident();
    if ((new Thread($creator, $i))->join() !== "{$i}static$i") echo "wrong at $i\n";
}
$grown = resident() - $before;
echo $grown < 3000 ? 'flat' : "grown by $grown kB", "\n";
--EXPECT--
flat
