--TEST--
A small storm: tasks that end in every way, reloads meanwhile; every future is settled once and rightly
--FILE--
<?php
require __DIR__ . '/../stress/pool_storm.inc';
[$wrong, $sums, $reloads] = storm(4_000, 4, 4, 4, 42, 50, 20);
foreach ($wrong as $line) echo "$line\n";
echo array_sum($sums), "\n";
--EXPECT--
4000
