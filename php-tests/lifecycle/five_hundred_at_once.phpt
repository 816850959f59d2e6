--TEST--
Five hundred threads at once all come to their end
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

$threads = [];
for ($i = 0; $i < 500; $i++) {
    $threads[] = new Thread(fn () => $i);
}
$sum = 0;
foreach ($threads as $thread) {
    $sum += $thread->join();
}
var_dump($sum === 500 * 499 / 2);
--EXPECT--
bool(true)
