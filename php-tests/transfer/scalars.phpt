--TEST--
null, booleans, integers and floats arrive bit by bit
--FILE--
<?php
require __DIR__ . '/ways.inc';

arrives('null and booleans', fn () => [null, true, false]);
arrives('integers', fn () => [0, 1, -1, PHP_INT_MAX, PHP_INT_MIN, 1 << 55, -(1 << 55), (1 << 55) - 1, -(1 << 55) - 1, 1 << 62]);
arrives('mixed with others', fn () => ['', 1 << 60, null, PHP_INT_MIN, 1.5, -3, true]);
arrives('floats', fn () => [0.0, -0.0, 1.5, INF, -INF, NAN, PHP_FLOAT_MIN, PHP_FLOAT_MAX, PHP_FLOAT_EPSILON, 4.9E-324]);
arrives('a scalar by itself', fn () => -0.0);
arrives('numbers of one kind', fn () => ['i' => range(1, 5000), 'f' => array_map('sqrt', range(1, 5000)), 'm' => [...range(1, 100), 1.0]]);
--EXPECT--
null and booleans: arrives
integers: arrives
mixed with others: arrives
floats: arrives
a scalar by itself: arrives
numbers of one kind: arrives
