--TEST--
An autoloader that changes all the time: tasks see its latest state, and memory stays flat
--FILE--
<?php
class L { public array $m = []; public int $n = 0; static $s = []; function load($c) { $this->m[$c] = 1; if ($c === 'Z') { eval('class Z {}'); } } }
$l = new L; spl_autoload_register([$l, 'load']); L::$s['x'] = $l;
$pool = new Async\ThreadPool(2);
// A state that changes with every task: each has the latest, and none is left behind.
function res() { return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4; }
$N = 1500;
for ($i = 0; $i < $N; $i++) {
    if ($i === intdiv($N, 4)) $b = res();
    $l->n = $i; $l->m = ["k$i" => 1];
    $got = $pool->enqueue(fn () => [class_exists('Z'), class_exists('Nope'), spl_autoload_functions()[0][0]->n, count(spl_autoload_functions())]);
    if ($got !== [true, false, $i, 1]) { echo json_encode($got), " at $i\n"; }
    if ($i % 50 === 0) { $t = new Async\Thread(fn () => [class_exists('Z'), L::$s['x'] === spl_autoload_functions()[0][0]]); if ($t->join() !== [true, true]) echo "thread\n"; }
}
$grown = res() - $b;
echo $grown < 4000 ? "flat" : "grown by $grown kB", "\n";
--EXPECT--
flat
