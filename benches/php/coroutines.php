<?php
// Coroutines beside the engine's Fiber, in one run. Usage: coroutines.php [one after another] [suspended at once]

use Async\Thread;
use function Async\{await, await_all, spawn, suspend};

// A suspended coroutine counts with the page of its frames, 16 KiB.
ini_set('memory_limit', -1);

$many = (int) ($argv[1] ?? 200_000);
$atOnce = (int) ($argv[2] ?? 5_000);

/** Median of five runs, in ns for one. */
function measure(string $name, int $count, Closure $run): float
{
    $times = [];
    for ($i = 0; $i < 5; $i++) {
        $start = hrtime(true);
        $run($count);
        $times[] = (hrtime(true) - $start) / $count;
    }
    sort($times);
    printf("%-42s %10.0f ns\n", $name, $times[2]);
    return $times[2];
}

function rss(): int
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $match);
    return 1024 * (int) $match[1];
}

$fiber = measure('new Fiber + start', 20_000, function ($n) {
    for ($i = 0; $i < $n; $i++) {
        (new Fiber(fn () => null))->start();
    }
});
$spawn = measure('spawn + finish, in batches of 100', intdiv($many, 5), function ($n) {
    $nothing = fn () => null;
    for ($i = 0; $i < $n; $i++) {
        spawn($nothing);
        if ($i % 100 === 99) {
            suspend();
        }
    }
    suspend();
});
measure('spawn + await, one at a time', intdiv($many, 5), function ($n) {
    $nothing = fn () => null;
    for ($i = 0; $i < $n; $i++) {
        await(spawn($nothing));
    }
});
measure('switch (two coroutines, suspend)', $many, function ($n) {
    $loop = function () use ($n) {
        for ($i = 0; $i < $n / 2; $i++) {
            suspend();
        }
    };
    await_all([spawn($loop), spawn($loop)]);
});
$f = new Fiber(function () {
    for (;;) {
        Fiber::suspend();
    }
});
$f->start();
measure('Fiber resume + suspend (two switches)', $many, function ($n) use ($f) {
    for ($i = 0; $i < $n; $i++) {
        $f->resume();
    }
});
measure('await of a thread', 300, function ($n) {
    for ($i = 0; $i < $n; $i++) {
        await(new Thread(fn () => null));
    }
});
printf("spawn + finish / (new Fiber + start): %.3f\n", $spawn / $fiber);

$before = [memory_get_usage(), rss()];
$all = [];
for ($i = 0; $i < $atOnce; $i++) {
    $all[] = spawn(function () {
        suspend();
        suspend();
    });
}
suspend();
printf("%d suspended at once: %d bytes of memory_limit, %d bytes resident each\n", $atOnce,
    (memory_get_usage() - $before[0]) / $atOnce, (rss() - $before[1]) / $atOnce);
await_all($all);
