<?php
// The full storm. php pool_storm.php [tasks = 200000] [seed = 1]
require __DIR__ . '/pool_storm.inc';

$tasks = (int) ($argv[1] ?? 200_000);
$seed = (int) ($argv[2] ?? 1);

function resident(): int
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $m);
    return (int) $m[1];
}

// Warm: caches of threads and of memory are there.
storm(4_000, 4, 4, 4, $seed + 1000, 50, 1000);
$memory = [resident()];
$from = hrtime(true);
[$wrong, $sums, $reloads, $stats] = storm($tasks, 4, 4, 4, $seed, 50, 1000, function ($pool, $n) use (&$memory) {
    $memory[] = resident();
    if ($n % 5 === 0) {
        fprintf(STDERR, "%d done, %.1f MB\n", $pool->getCompletedCount(), end($memory) / 1024);
    }
});
$seconds = (hrtime(true) - $from) / 1e9;
$memory[] = resident();

printf("%d tasks in %.1f s, %d reloads, %d restarts, seed %d\n", $tasks, $seconds, $reloads, array_sum(array_column($stats['workers'], 'restarts')), $seed);
foreach ($sums as $what => $n) {
    printf("  %-60s %d\n", $what, $n);
}
$half = $memory[intdiv(count($memory), 2)];
printf("resident: %.1f MB at first, %.1f half-way, %.1f at the end\n", $memory[0] / 1024, $half / 1024, end($memory) / 1024);
if (end($memory) > $half * 1.1 + 4096) {
    $wrong[] = 'memory grows';
}
foreach ($wrong as $line) {
    echo "WRONG: $line\n";
}
exit($wrong ? 1 : 0);
