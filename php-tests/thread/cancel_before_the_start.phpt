--TEST--
A thread that is cancelled before its first line never runs its closure, or is cancelled in it
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$seen = [];
for ($i = 0; $i < 100; $i++) {
    $thread = new Thread(function () { while (true); });
    $thread->cancel();
    try {
        $thread->join();
    } catch (Async\AsyncCancellation $e) {
        $seen[$e->getMessage()] = ($seen[$e->getMessage()] ?? 0) + 1;
    }
}
var_dump($seen);
--EXPECT--
array(1) {
  ["The task was cancelled"]=>
  int(100)
}
