--TEST--
stats() and the counters
--FILE--
<?php
$pool = new Async\ThreadPool(2);
$pool->map(range(1, 40), fn ($n) => str_repeat('x', 1000 * $n), 1);
$stats = $pool->stats();
echo implode(' ', array_keys($stats)), "\n", implode(' ', array_keys($stats['workers'][0])), "\n", implode(' ', array_keys($stats['wait'])), "\n";
var_dump(count($stats['workers']), array_sum(array_column($stats['workers'], 'tasks')), $pool->getCompletedCount(), count($pool));
var_dump(array_sum(array_column($stats['workers'], 'busy')) > 0, max(array_column($stats['workers'], 'peak')) >= max(array_column($stats['workers'], 'memory')));
var_dump($stats['run']['p50'] > 0, $stats['run']['p50'] <= $stats['run']['p90'], $stats['run']['p90'] <= $stats['run']['p99']);
var_dump((new Async\ThreadPool(1))->stats()['run']);
--EXPECT--
workers wait run
tasks busy memory peak restarts
p50 p90 p99
int(2)
int(40)
int(40)
int(0)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
array(3) {
  ["p50"]=>
  float(0)
  ["p90"]=>
  float(0)
  ["p99"]=>
  float(0)
}
