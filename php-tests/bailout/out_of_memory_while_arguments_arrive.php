<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

ini_set('memory_limit', '1G');
class Node { public $next; public $list = []; }
$list = range(1, 1_000_000);
$objects = [];
for ($i = 0; $i < 100_000; $i++) {
    $objects[] = $node = new Node;
    $node->list = [$i, "text $i"];
}
$text = str_repeat('x', 50_000_000);
for ($i = 0; $i < 5; $i++) {
    foreach ([$list, $objects, $text] as $argument) {
        $outer = new Thread(function ($argument) {
            ini_set('memory_limit', '3M');
            return count((array) $argument);
        }, $argument);
        show(fn () => $outer->join());
    }
}
