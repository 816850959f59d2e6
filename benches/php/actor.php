<?php
// Actors: a call and its answer, messages sent without waiting, many idle ones; beside a pool's round trip in the same run.

use Async\{Actor, ThreadPool};
use function Async\await;

class Counter extends Actor
{
    private int $n = 0;
    public function add(): int { return ++$this->n; }
    public function burn(int $n): int { for ($i = $x = 0; $i < $n; $i++) $x = ($x * 31 + $i) & 0xffff; return $x; }
}

function microseconds(int $times, callable $work): float
{
    $start = hrtime(true);
    $work($times);
    return (hrtime(true) - $start) / 1e3 / $times;
}

function rss(): int
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $match);
    return (int) $match[1];
}

$pool = new ThreadPool(2, 20000);
$actor = new Counter();
// One after the other, so that they are in different threads.
$two = [new Counter(), new Counter()];
$task = fn () => 1;
$actor->add();
$pool->enqueue($task);

/** Both by turns, so that other load on the machine concerns them alike: the median of each, and of their ratios. */
function compare(int $pairs, int $times, callable $one, callable $other): array
{
    $values = [[], [], []];
    for ($i = 0; $i < $pairs; $i++) {
        $values[0][] = $a = microseconds($times, $one);
        $values[1][] = $b = microseconds($times, $other);
        $values[2][] = $a / $b;
    }
    return array_map(function (array $list) {
        sort($list);
        return $list[intdiv(count($list), 2)];
    }, $values);
}

[$ask, $roundTrip, $ratio] = compare(101, 500,
    function ($n) use ($actor) { while ($n--) $actor->add(); },
    function ($n) use ($pool, $task) { while ($n--) $pool->enqueue($task); });
printf("%-44s %8.2f us   pool's enqueue  %8.2f us   %.2f x\n", 'call and answer, one at a time', $ask, $roundTrip, $ratio);

$collect = function (int $n, callable $send) {
    $futures = [];
    while ($n--) $futures[] = $send();
    foreach ($futures as $future) $future->await();
};
[$tell, $submit, $ratio] = compare(15, 20000, fn ($n) => $collect($n, fn () => $actor->addAsync()), fn ($n) => $collect($n, fn () => $pool->submit($task)));
printf("%-44s %8.2f us   pool's submit   %8.2f us   %.2f x\n", 'messages, 20,000 in flight', $tell, $submit, $ratio);

$group = [];
for ($i = 0; $i < 1000; $i++) $group[] = new Counter();
$one = fn ($n) => $collect($n, fn () => $actor->addAsync());
$next = 0;
[$many, $tell, $ratio] = compare(15, 20000, fn ($n) => $collect($n, function () use ($group, &$next) { return $group[$next++ % 1000]->addAsync(); }), $one);
printf("%-44s %8.2f us   to one          %8.2f us   %.2f x\n", 'messages to 1000 actors', $many, $tell, $ratio);
$group = [];

$pool->close();
// What two cores of this machine are worth: the same loop in one process and in two at once, which have nothing to do with each other.
$loop = escapeshellarg(PHP_BINARY) . ' -n -r ' . escapeshellarg('fgets(STDIN); $x = 0; for ($i = 0; $i < 12_000_000; $i++) $x = ($x * 31 + $i) & 0xffff; echo "\n";');
$processes = function (int $count) use ($loop): int {
    $running = [];
    for ($i = 0; $i < $count; $i++) {
        $running[] = [proc_open($loop, [['pipe', 'r'], ['pipe', 'w']], $pipes), $pipes];
    }
    usleep(50_000);
    $begin = hrtime(true);
    foreach ($running as [, $pipes]) fwrite($pipes[0], "\n");
    foreach ($running as [, $pipes]) fgets($pipes[1]);
    return hrtime(true) - $begin;
};
$busy = [[], [], [], [], []];
for ($i = 0; $i < 9; $i++) {
    $alone = microseconds(1, function () use ($two) { await($two[0]->burnAsync(6_000_000)); await($two[0]->burnAsync(6_000_000)); });
    $both = microseconds(1, function () use ($two) { $a = $two[0]->burnAsync(6_000_000); $b = $two[1]->burnAsync(6_000_000); await($a); await($b); });
    array_push($busy[0], $alone);
    array_push($busy[1], $both);
    array_push($busy[2], $alone / $both);
    array_push($busy[3], $worth = 2 * $processes(1) / $processes(2));
    array_push($busy[4], $alone / $both / $worth);
}
[$alone, $both, $ratio, $worth, $share] = array_map(function (array $list) { sort($list); return $list[4]; }, $busy);
printf("%-44s %8.0f ms   one actor       %8.0f ms   %.2f x as fast\n", 'two busy actors', $both / 1e3, $alone / 1e3, $ratio);
printf("%-44s %11s   two processes   %11s   %.2f x as fast; actors %.2f of that\n", '', '', '', $worth, $share);

$many = (int) ($argv[1] ?? 100_000);
$before = rss();
$actors = [];
$make = microseconds($many, function ($n) use (&$actors) { while ($n--) $actors[] = new Counter(); });
printf("%-44s %8.2f us   %d alive: %.2f KiB each, handle and instance included\n", 'new Counter', $make, $many, (rss() - $before) / $many);
