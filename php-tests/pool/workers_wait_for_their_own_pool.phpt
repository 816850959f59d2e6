--TEST--
A task may submit to its own pool and wait, to any depth, however small the queue
--FILE--
<?php
use Async\ThreadPool;
function fib(ThreadPool $pool, int $n): int {
    if ($n < 2) return $n;
    $a = $pool->submit('fib', $pool, $n - 1);
    $b = $pool->submit('fib', $pool, $n - 2);
    return $a->await() + $b->await();
}
function deep(ThreadPool $pool, int $n): int { return $n === 0 ? 0 : 1 + $pool->enqueue('deep', $pool, $n - 1); }
function wide(ThreadPool $pool, int $n): int {
    $futures = [];
    for ($i = 0; $i < $n; $i++) $futures[] = $pool->submit(fn () => 1);
    [$results] = Async\await_all($futures);
    return array_sum($results);
}
foreach ([[1, 1], [1, 4], [2, 1], [4, 2]] as [$workers, $queue]) {
    $pool = new ThreadPool($workers, $queue);
    echo fib($pool, 8), ' ', $pool->enqueue('fib', $pool, 10), ' ', $pool->enqueue('deep', $pool, 300), ' ', $pool->enqueue('wide', $pool, 200), ' ';
    echo array_sum($pool->enqueue(fn () => $pool->map(range(1, 100), fn ($n) => $pool->enqueue(fn () => $n)))), "\n";
    unset($pool);
}
--EXPECT--
21 55 300 200 5050
21 55 300 200 5050
21 55 300 200 5050
21 55 300 200 5050
