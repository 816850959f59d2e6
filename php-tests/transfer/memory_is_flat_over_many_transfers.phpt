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
    // As often as it takes for the tables of both to have their size: cycles wait for the collector.
    $wrong = transfers($pool, [$outcome], 600);
    $before = [memory_get_usage(), $pool->submit($there)->await()];
    $wrong += transfers($pool, [$outcome], 600);
    // A string that was lent may be on its way home.
    for ($tries = 0; $tries < 200; $tries++) {
        $grown = [memory_get_usage() - $before[0], $pool->submit($there)->await() - $before[1]];
        if (max($grown) < 16_384) {
            break;
        }
    }
    // A table or list may double once in the while.
    echo $name, ': ', $wrong === 0 ? 'as expected' : "$wrong not as expected", ', ', max($grown) < 16_384 ? 'flat' : 'grown by ' . json_encode($grown), "\n";
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
