--TEST--
A task's time limit ends that task alone, and does not count for the next
--FILE--
<?php
require __DIR__ . '/gate.inc';
$pool = new Async\ThreadPool(1, 8);
show(fn () => $pool->enqueue(function () { set_time_limit(1); while (true); }));
show(fn () => $pool->enqueue(fn () => ini_get('max_execution_time')));
show(fn () => $pool->enqueue(function () { set_time_limit(1); return 1; }));
show(fn () => $pool->enqueue(function () { $from = hrtime(true); while (hrtime(true) - $from < 1_500_000_000); return 'no limit'; }));
var_dump($pool->stats()['workers'][0]['restarts']);
--EXPECTF--
Async\ThreadFatalError(0): Maximum execution time of 1 second exceeded
"0"
1
"no limit"
int(1)
