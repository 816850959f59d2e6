<?php
// What it costs to take a value to another thread, beside what PHP itself takes for a similar thing in one thread, in the same run.
//
// One way: from `new Thread($task, $value)` to the task's first line, minus the same without a value: capture and restore. The
// yardstick likewise ends when the copy is there. Freeing comes after that on either side; the last columns include it.
//
// Then: time for a node in graphs of ever more nodes, and memory. A chain of objects is as deep as it is long, a list of them flat.

use Async\Thread;

// Enough that the medians are not those of the first rounds, in which the heaps of the threads have yet to grow.
const ROUNDS = 31;

function median(array $values): float
{
    sort($values);
    return $values[intdiv(count($values), 2)];
}

/** Milliseconds until `$work` has what it gives, and until that is freed. `$work` may say when it was there. */
function once(Closure $work): array
{
    $start = hrtime(true);
    $result = $work();
    $at = is_int($result) ? $result : hrtime(true);
    unset($result);
    return [($at - $start) / 1e6, (hrtime(true) - $start) / 1e6];
}

/** Medians of what `$work` takes, without and with freeing. */
function measure(Closure $work): array
{
    $rounds = array_map(fn () => once($work), range(0, ROUNDS));
    return [median(array_column($rounds, 0)), median(array_column($rounds, 1))];
}

/**
 * Sends by turns with the yardstick, so that what else the machine does concerns both alike. Medians, without and with freeing: of the time it takes on top of
 * `$nothing`, of the yardstick's, and of their ratio.
 */
function compare(Closure $send, Closure $yardstick, array $nothing, int $rounds = ROUNDS): array
{
    $values = [];
    for ($i = -1; $i < $rounds; $i++) {
        [$one, $other] = [once($send), once($yardstick)];
        foreach ($i < 0 ? [] : [0, 1] as $end) {
            $took = max(0, $one[$end] - $nothing[$end]);
            $values[$end]['took'][] = $took;
            $values[$end]['yardstick'][] = $other[$end];
            $values[$end]['ratio'][] = $took / $other[$end];
        }
    }
    return array_map(fn ($of) => array_map(median(...), $of), $values);
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
if (isset($argv[1])) {
    // A process of `peak_memory()`.
    $status = fn (string $key) => 1024 * preg_replace('/.*^' . $key . ':\s+(\d+).*/ms', '$1', file_get_contents('/proc/self/status'));
    (new Thread(fn () => 1))->join();
    $before = $status('VmRSS');
    $value = match ($argv[1]) {
        'string map' => (function () { for ($i = 0; $i < 1_000_000; $i++) $map["key $i"] = "value $i"; return $map; })(),
        'ints' => range(1, 1 << 23),
        'tree' => tree(20),
        'string' => str_repeat('y', 100 << 20),
    };
    $graph = $status('VmRSS') - $before;
    (new Thread(static fn ($value) => 1, $value))->join();
    exit($graph . ' ' . $status('VmHWM') - $before);
}
$map = [];
for ($i = 0; $i < 200_000; $i++) {
    $map["key $i"] = "value $i";
}
$ints = range(1, 1_000_000);
$tree = tree(15);
$text = str_repeat('x', 16 << 20);

$look = static function ($value = null) { ini_set('memory_limit', -1); return hrtime(true); };
$send = static fn (...$values) => (new Thread($look, ...$values))->join();
$cases = [
    '200k-entry string map' => [$map, 'unserialize(serialize($x))', fn () => unserialize(serialize($map)), 0.6],
    '1M ints' => [$ints, 'copying the array', function () use ($ints) { $copy = $ints; $copy[] = 1; return $copy; }, 1.5],
    '32k-object tree' => [$tree, 'cloning it in PHP', fn () => copy_tree($tree), 0.4],
    '16 MB string' => [$text, 'separating it', function () use ($text) { $copy = $text; $copy[0] = 'y'; return $copy; }, 1.5],
];

printf("%-22s %9s  %-27s %9s %6s %6s   %s\n", 'medians of ' . ROUNDS . ', ms', 'one way', 'yardstick', '', 'ratio', 'hold', 'with freeing');
$nothing = measure($send);
foreach ($cases as $name => [$value, $label, $yardstick, $hold]) {
    [$there, $freed] = compare(fn () => $send($value), $yardstick, $nothing);
    printf("%-22s %9.2f  %-27s %9.2f %6.2f %6.2f   ", $name, $there['took'], $label, $there['yardstick'], $there['ratio'], $hold);
    printf("%.2f / %.2f = %.2f\n", $freed['took'], $freed['yardstick'], $freed['ratio']);
}

/** What a process of its own has resident at most, in bytes, from when it has a graph to when that has been sent; and the graph's size. */
function peak_memory(string $kind): array
{
    $command = explode("\0", rtrim(file_get_contents('/proc/self/cmdline'), "\0"));
    $command = array_slice($command, 0, array_search($_SERVER['argv'][0], $command, true) + 1);
    exec(implode(' ', array_map(escapeshellarg(...), [...$command, $kind])), $lines);
    return array_map(intval(...), explode(' ', $lines[0]));
}

// The sender's graph counts as once. The rest is the packet and the receiver's copy.
printf("\n%-22s %9s %9s %6s\n", 'peak memory, MB', 'graph', 'at most', 'ratio');
foreach (['string map', 'ints', 'tree', 'string'] as $kind) {
    [$graph, $peak] = peak_memory($kind);
    printf("%-22s %9.1f %9.1f %6.2f\n", $kind, $graph / 1e6, $peak / 1e6, $peak / $graph);
}

final class Node { public ?Node $next = null; public int $number = 0; }

/** PHP itself frees a long chain by recursion, which a million nodes are too many for. */
final class Chain
{
    public function __construct(public ?Node $first) {}

    public function __destruct()
    {
        while ($node = $this->first) {
            $this->first = $node->next;
        }
    }
}

/** The same number of nodes made once more by PHP in one thread: what the memory itself costs at that size. */
$copies = [
    'chain' => function (Node $node): Chain {
        $chain = new Chain($copy = clone $node);
        while ($node = $node->next) {
            $copy = $copy->next = clone $node;
        }
        return $chain;
    },
    'list' => fn (array $nodes) => array_map(fn (Node $node) => clone $node, $nodes),
    'strings' => fn (array $strings) => array_map(fn (string $string) => "$string!", $strings),
];

preg_match('/MemAvailable:\s+(\d+)/', file_get_contents('/proc/meminfo'), $available);
$most = $available[1] > 6_000_000 ? 10_000_000 : 1_000_000;
printf("\n%-22s", 'ns for a node of');
foreach ($copies as $kind => $_) {
    printf(" %12s %8s %6s", $kind, 'by PHP', 'ratio');
}
echo "\n";
for ($nodes = 1000; $nodes <= $most; $nodes *= 10) {
    printf("%-22s", number_format($nodes));
    foreach ($copies as $kind => $copy) {
        $value = [];
        $last = null;
        for ($i = 0; $i < $nodes; $i++) {
            if ($kind === 'strings') {
                $value[] = "string $i";
                continue;
            }
            $node = new Node;
            $node->number = $i;
            if ($kind === 'chain') {
                $node->next = $last;
                $last = $node;
            } else {
                $value[] = $node;
            }
        }
        $value = $last ?? $value;
        unset($node, $last);
        [$there] = compare(fn () => $send($value), fn () => $copy($value), $nothing, $nodes < 1_000_000 ? 25 : 3);
        printf(" %12.1f %8.1f %6.2f", $there['took'] * 1e6 / $nodes, $there['yardstick'] * 1e6 / $nodes, $there['ratio']);
        $value = null;
    }
    echo "\n";
}
