--TEST--
Memory of both sides is the same after many transfers as before, whether they arrive or fail
--EXTENSIONS--
async_threads
--INI--
memory_limit=256M
zend.exception_ignore_args=0
--FILE--
<?php
require __DIR__ . '/../stress/transfers.inc';

$pool = new Async\ThreadPool(1);
$there = static function () { gc_collect_cycles(); return memory_get_usage(); };
foreach (outcomes() as $name => $outcome) {
    $wrong = transfers($pool, [$outcome], 600);
    // Tables grow with the garbage there is at one time, and so with when the collectors run: now and then, where a leak grows each time.
    for ($round = 0; $round < 6; $round++) {
        $before = [memory_get_usage(), $pool->submit($there)->await()];
        $wrong += transfers($pool, [$outcome], 600);
        // A string that was lent may be on its way home.
        for ($tries = 0; $tries < 200; $tries++) {
            $grown = [memory_get_usage() - $before[0], $pool->submit($there)->await() - $before[1]];
            if (max($grown) < 4096) {
                break 2;
            }
        }
    }
    echo $name, ': ', $wrong === 0 ? 'as expected' : "$wrong not as expected", ', ', max($grown) < 4096 ? 'flat' : 'grown by ' . json_encode($grown), "\n";
}
?>
--EXPECT--
arrives: as expected, flat
transferable: as expected, flat
refused: as expected, flat
result refused: as expected, flat
vetoed: as expected, flat
not taken: as expected, flat
thrown: as expected, flat
big: as expected, flat
