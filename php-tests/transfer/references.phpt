--TEST--
Places bound to one another stay bound
--FILE--
<?php
require __DIR__ . '/ways.inc';

arrives('two elements', function () {
    $x = 5;
    return [&$x, 'other', &$x];
}, function ($a) {
    $a[0] = 6;
    return $a[2] === 6 ? null : 'not bound';
});
arrives('elements and properties', function () {
    $x = ['v' => 1];
    $o = new stdClass;
    $o->r = &$x;
    return [$o, 'in' => ['deep' => [&$x]]];
}, function ($a) {
    $a['in']['deep'][0]['v'] = 2;
    return $a[0]->r['v'] === 2 ? null : 'not bound';
});
arrives('an array that holds itself', function () {
    $a = ['name' => 'me'];
    $a['self'] = &$a;
    return [&$a];
}, function ($a) {
    $a[0]['self']['self']['name'] = 'you';
    return $a[0]['name'] === 'you' ? null : 'not bound';
});
arrives('a reference to an object in a cycle', function () {
    $o = new stdClass;
    $o->r = &$o;
    return [&$o->r, $o];
}, fn ($a) => $a[1]->r === $a[1] ? null : 'another object');
arrives('bound no more', function () {
    $x = 1;
    $a = [&$x];
    unset($x);
    return [$a, $a];
}, function ($a) {
    $a[0][0] = 2;
    return $a[1][0] === 1 ? null : 'still bound';
});
arrives('typed properties bind their type', function () {
    $o = new class { public int $i = 1; public ?string $s = 'x'; };
    return [$o, &$o->i, &$o->s];
}, function ($a) {
    $a[1] = 7;
    if ($a[0]->i !== 7) {
        return 'not bound';
    }
    try {
        $a[1] = 'no number';
        return 'type lost';
    } catch (TypeError) {
        return null;
    }
});
arrives('one reference, two types', function () {
    $a = new class { public int|string $x = 5; };
    $b = new class { public int|float $x = 5; };
    $a->x = &$b->x;
    return [$a, $b];
}, function ($a) {
    try {
        $a[0]->x = 'text';
        return 'type lost';
    } catch (TypeError) {
        $a[1]->x = 9;
        return $a[0]->x === 9 ? null : 'not bound';
    }
});
--EXPECT--
two elements: arrives
elements and properties: arrives
an array that holds itself: arrives
a reference to an object in a cycle: arrives
bound no more: arrives
typed properties bind their type: arrives
one reference, two types: arrives
