--TEST--
Random graphs go through a thread and come back equal; ASYNC_THREADS_GRAPHS and ASYNC_THREADS_SEED choose how many and which
--INI--
memory_limit=1G
zend.exception_ignore_args=1
--FILE--
<?php
require __DIR__ . '/ways.inc';
require __DIR__ . '/random_graphs.inc';

// All modes of a full test run together make more than 100,000.
$count = (int) (getenv('ASYNC_THREADS_GRAPHS') ?: (PHP_DEBUG ? 2_000 : 17_000));
$seed = getenv('ASYNC_THREADS_SEED');
$seed = $seed === false ? random_int(0, 1 << 40) : (int) $seed;
$graphs = new Graphs;
$batch = 100;
for ($done = 0; $done < $count; $done += $batch) {
    $sent = [];
    for ($i = 0; $i < min($batch, $count - $done); $i++) {
        $sent[$seed + $done + $i] = $graphs->make($seed + $done + $i);
    }
    // Weak references to what only this script holds are dead on the other side.
    $graphs = new Graphs;
    gc_collect_cycles();
    $before = array_map(picture(...), $sent);
    $back = (new Async\Thread(fn ($sent) => [array_map(picture(...), $sent), $sent], $sent))->join();
    foreach ($before as $number => $picture) {
        $pictures = ['there' => $back[0][$number], 'back' => picture($back[1][$number]), 'afterwards' => picture($sent[$number])];
        foreach ($pictures as $where => $other) {
            if ($other !== $picture) {
                echo "Graph with seed $number is different $where:\n$picture\n$other\n";
                exit;
            }
        }
    }
}
echo "all equal\n";
--EXPECT--
all equal
