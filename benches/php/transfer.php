<?php
// What it costs to take a value to another thread, beside what PHP itself takes for a similar thing in one thread, in the same run.
//
// One way: `new Thread($task, $value)` with a task that only looks at the value, minus the same without a value. It includes
// capture, restore, and freeing both the packet and the thread's copy.

use Async\Thread;

const ROUNDS = 9;

/** Milliseconds, the median of some rounds. */
function median(Closure $work): float
{
    $work();
    $times = [];
    for ($i = 0; $i < ROUNDS; $i++) {
        $start = hrtime(true);
        $work();
        $times[] = (hrtime(true) - $start) / 1e6;
    }
    sort($times);
    return $times[intdiv(ROUNDS, 2)];
}

final class Tree
{
    public ?Tree $left = null;
    public ?Tree $right = null;

    public function __construct(public int $id, public string $name) {}
}

function tree(int $depth, int &$id = 0): ?Tree
{
    if ($depth === 0) {
        return null;
    }
    $tree = new Tree(++$id, "node $id");
    $tree->left = tree($depth - 1, $id);
    $tree->right = tree($depth - 1, $id);
    return $tree;
}

function copy_tree(?Tree $tree): ?Tree
{
    if ($tree === null) {
        return null;
    }
    $copy = clone $tree;
    $copy->left = copy_tree($tree->left);
    $copy->right = copy_tree($tree->right);
    return $copy;
}

ini_set('memory_limit', -1);
$map = [];
for ($i = 0; $i < 200_000; $i++) {
    $map["key $i"] = "value $i";
}
$ints = range(1, 1_000_000);
$tree = tree(15);
$text = str_repeat('x', 16 << 20);

$look = static function ($value = null) { ini_set('memory_limit', -1); return is_array($value) ? count($value) : 1; };
$cases = [
    '200k-entry string map' => [$map, 'unserialize(serialize($x))', fn () => unserialize(serialize($map))],
    '1M ints' => [$ints, 'copying the array', function () use ($ints) { $copy = $ints; $copy[] = 1; }],
    '32k-object tree' => [$tree, 'cloning it in PHP', fn () => copy_tree($tree)],
    '16 MB string' => [$text, 'separating it', function () use ($text) { $copy = $text; $copy[0] = 'y'; }],
];

printf("%-24s %10s   %-28s %10s %8s\n", 'median of ' . ROUNDS, 'ms', 'yardstick', 'ms', 'ratio');
$empty = median(fn () => (new Thread($look))->join());
foreach ($cases as $name => [$value, $label, $yardstick]) {
    $there = max(0, median(fn () => (new Thread($look, $value))->join()) - $empty);
    $measure = median($yardstick);
    printf("%-24s %10.2f   %-28s %10.2f %8.2f\n", $name, $there, $label, $measure, $there / $measure);
}
printf("%-24s %10.3f\n", '(an empty thread)', $empty);
