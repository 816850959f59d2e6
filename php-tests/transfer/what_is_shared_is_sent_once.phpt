--TEST--
Strings and arrays that are used many times are one in the thread too
--FILE--
<?php
use Async\Thread;

// 10,000 holders of one megabyte would be 10 GB if each got its own.
$string = str_repeat('s', 1 << 20);
$array = range(1, 65536);
$key = str_repeat('k', 1 << 20);
$graph = [];
for ($i = 0; $i < 10_000; $i++) {
    $graph[] = [$string, $array, (object) ['s' => $string, 'a' => $array], [$key => $i]];
}
[$used, $equal] = (new Thread(function ($graph) {
    $equal = $graph[9_999][0] === $graph[0][2]->s && $graph[5_000][1] === $graph[1][2]->a && key($graph[7_777][3]) === key($graph[0][3]);
    return [memory_get_usage() >> 20, $equal];
}, $graph))->join();
var_dump($used < 100, $equal);
--EXPECT--
bool(true)
bool(true)
