--TEST--
The same hot closure in four threads, from a file and from eval
--FILE--
<?php
use Async\Thread;
class Sum { public function __construct(public int $x = 0) {} public function add(int $n): static { $this->x += $n; return $this; } }
function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }
$hot = function (int $n) {
    $v = new Sum; $s = 0;
    for ($i = 0; $i < $n; $i++) { $v->add($i % 7); $s += strlen("a$i") + ($i & 3 ? 1 : 2); if ($i % 1000 == 0) $s += fib(10); }
    return [$v->x, $s, array_map(fn ($k) => $k * $s, [1, 2])];
};
$evaled = eval('return function (int $n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += fib(5) + $i; $o = new Sum($i); $s += $o->add(1)->x; } return $s; };');
foreach ([$hot, $evaled] as $closure) {
    $want = json_encode($closure(30000));
    for ($round = 0; $round < 5; $round++) {
        $threads = [];
        for ($k = 0; $k < 4; $k++) $threads[] = new Thread($closure, 30000);
        foreach ($threads as $thread) if (json_encode($thread->join()) !== $want) echo "different\n";
    }
}
echo "done\n";
--EXPECT--
done
