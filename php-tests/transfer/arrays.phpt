--TEST--
Arrays keep order, keys, shape and next index
--FILE--
<?php
require __DIR__ . '/ways.inc';

arrives('empty', fn () => [[], [[]], ['a' => []]]);
arrives('lists', fn () => [[1], [1, 'two', 3.0, null, [4, [5]]], range('a', 'z')]);
arrives('lists of sizes around powers of two', fn () => array_map(fn ($n) => array_fill(0, $n, 'x' . $n), [1, 7, 8, 9, 15, 16, 17, 1023, 1024, 1025]));
arrives('maps of sizes around powers of two', fn () => array_map(fn ($n) => array_combine(array_map(fn ($i) => "k$i", range(1, $n)), range(1, $n)), [1, 7, 8, 9, 15, 16, 17, 1023, 1024, 1025]));
arrives('keys of both kinds', fn () => ['b' => 1, 5 => 2, 'a' => 3, -5 => 4, PHP_INT_MAX => 5, PHP_INT_MIN => 6, 0 => 7, '' => 8, "\0" => 9]);
arrives('lists with holes', function () {
    $a = range(0, 20);
    unset($a[0], $a[7], $a[8], $a[19]);
    $b = ['x', 'y', 'z'];
    unset($b[1]);
    return [$a, $b];
});
arrives('maps with holes', function () {
    $a = array_flip(range('a', 'z'));
    unset($a['a'], $a['m'], $a['z']);
    return $a;
});
arrives('next index after removals', function () {
    $a = [1, 2, 3];
    unset($a[2]);
    $b = [1, 2, 3];
    array_pop($b);
    $c = [1, 2, 3];
    unset($c[0], $c[1], $c[2]);
    $d = ['k' => 1, 100 => 2];
    unset($d[100]);
    $e = [-10 => 'minus'];
    return [$a, $b, $c, $d, $e];
});
arrives('literals, which are immutable', fn () => [['a' => ['b' => [1, 2, ['c']]]], ['a' => ['b' => [1, 2, ['c']]]]]);
arrives('the same array many times', function () {
    $a = ['shared' => [1, 2, 3]];
    return [$a, $a, ['again' => $a], (object) ['prop' => $a]];
}, function ($arrived) {
    $arrived[0]['shared'][] = 4;
    return count($arrived[1]['shared']) === 3 && count($arrived[2]['again']['shared']) === 3 ? null : 'a copy was written to';
});
arrives('written to after arrival', fn () => ['list' => [1, 2], 'map' => ['k' => 'v']], function ($arrived) {
    $arrived['list'][] = 3;
    $arrived['map']['l'] = 'w';
    unset($arrived['map']['k']);
    for ($i = 0; $i < 100; $i++) {
        $arrived["n$i"] = $i;
        $arrived['list'][] = $i;
    }
    return $arrived['n99'] === 99 && $arrived['list'][102] === 99 && isset($arrived['map']['l']) && !isset($arrived['map']['k']) ? null : 'broken';
});
arrives('sorted after arrival', fn () => ['c' => 3, 'a' => 1, 'b' => 2], function ($arrived) {
    ksort($arrived);
    return array_keys($arrived) === ['a', 'b', 'c'] && $arrived['b'] === 2 ? null : 'broken';
});
--EXPECT--
empty: arrives
lists: arrives
lists of sizes around powers of two: arrives
maps of sizes around powers of two: arrives
keys of both kinds: arrives
lists with holes: arrives
maps with holes: arrives
next index after removals: arrives
literals, which are immutable: arrives
the same array many times: arrives
written to after arrival: arrives
sorted after arrival: arrives
