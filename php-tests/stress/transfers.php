<?php
// A million transfers, most of them of graphs and many of them failing, after which the process is as large as before:
// cargo xtask run [--debug] -- php-tests/stress/transfers.php [how many]
//
// Minutes, so not a part of the tests; php-tests/transfer/memory_is_flat_over_many_transfers.phpt is its small variant.

require __DIR__ . '/transfers.inc';

$count = (int) ($argv[1] ?? 1_000_000);

/** Resident memory, in kB. */
function resident(): int
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $match);
    return (int) $match[1];
}

$pool = new Async\ThreadPool(1);
$failures = 0;
foreach (outcomes() as $name => $outcome) {
    $times = intdiv($count, count(outcomes()));
    $wrong = transfers($pool, [$outcome], intdiv($times, 20) + 2000);
    $before = resident();
    $start = hrtime(true);
    $wrong += transfers($pool, [$outcome], $times);
    $seconds = (hrtime(true) - $start) / 1e9;
    $grown = resident() - $before;
    printf("%8d x %-16s %7.2f s, %6.2f us each, %d wrong, RSS %d kB, %+d kB\n", $times, $name, $seconds, $seconds * 1e6 / $times, $wrong, $before, $grown);
    $failures += $wrong + ($grown > 2048 ? 1 : 0);
}
exit($failures === 0 ? 0 : 1);
