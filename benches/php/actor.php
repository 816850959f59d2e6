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

function median(int $runs, callable $measure): float
{
    $values = [];
    for ($i = 0; $i < $runs; $i++) $values[] = $measure();
    sort($values);
    return $values[intdiv($runs, 2)];
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
$task = fn () => 1;
$actor->add();
$pool->enqueue($task);

$roundTrip = median(5, fn () => microseconds(2000, function ($n) use ($pool, $task) { while ($n--) $pool->enqueue($task); }));
$ask = median(5, fn () => microseconds(2000, function ($n) use ($actor) { while ($n--) $actor->add(); }));
$tell = median(5, fn () => microseconds(20000, function ($n) use ($actor) {
    $futures = [];
    while ($n--) $futures[] = $actor->addAsync();
    foreach ($futures as $future) $future->await();
}));
$submit = median(5, fn () => microseconds(20000, function ($n) use ($pool, $task) {
    $futures = [];
    while ($n--) $futures[] = $pool->submit($task);
    foreach ($futures as $future) $future->await();
}));
printf("%-44s %8.2f us   pool's enqueue  %8.2f us   %.2f x\n", 'call and answer, one at a time', $ask, $roundTrip, $ask / $roundTrip);
printf("%-44s %8.2f us   pool's submit   %8.2f us   %.2f x\n", 'messages, 20,000 in flight', $tell, $submit, $tell / $submit);

$two = [new Counter(), new Counter()];
$alone = median(3, fn () => microseconds(1, function () use ($two) { await($two[0]->burnAsync(3_000_000)); await($two[0]->burnAsync(3_000_000)); }));
$both = median(3, fn () => microseconds(1, function () use ($two) { $a = $two[0]->burnAsync(3_000_000); $b = $two[1]->burnAsync(3_000_000); await($a); await($b); }));
printf("%-44s %8.0f ms   one actor       %8.0f ms   %.2f x as fast\n", 'two busy actors', $both / 1e3, $alone / 1e3, $alone / $both);

$many = (int) ($argv[1] ?? 100_000);
$before = rss();
$actors = [];
$make = microseconds($many, function ($n) use (&$actors) { while ($n--) $actors[] = new Counter(); });
printf("%-44s %8.2f us   %d alive: %.2f KiB each, handle and instance included\n", 'new Counter', $make, $many, (rss() - $before) / $many);
