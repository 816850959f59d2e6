--TEST--
WeakReference and WeakMap: with what they refer to if that crosses too, else dead
--FILE--
<?php
require __DIR__ . '/ways.inc';

class Node { public $next; public ?WeakReference $back = null; public int $typed = 1; }

$o = new Node;
arrives('reference after the object', fn () => [$o, WeakReference::create($o)], fn ($a) => $a[1]->get() === $a[0] ? null : 'dead');
arrives('reference before the object', fn () => [WeakReference::create($o), 'x', $o, WeakReference::create($o)], fn ($a) => $a[0]->get() === $a[2] && $a[0] === $a[3] && $a[2]->typed === 1 ? null : 'dead');
arrives('a tree with weak parents', function () {
    $root = new Node;
    for ($i = 0, $n = $root; $i < 10; $i++, $n = $n->next) {
        $n->next = new Node;
        $n->next->back = WeakReference::create($n);
    }
    return $root;
}, fn ($n) => $n->next->next->back->get()->back->get() === $n ? null : 'dead');
arrives('a tree entered from below', function () {
    $top = new Node;
    $top->next = new Node;
    $top->next->back = WeakReference::create($top);
    return ['below' => $top->next, 'top' => $top];
}, fn ($a) => $a['below']->back->get() === $a['top'] ? null : 'dead');
arrives('to internal objects, before them', function () {
    $d = new DateTime('2020-01-01');
    return [WeakReference::create($d), $d];
}, fn ($a) => $a[0]->get() === $a[1] ? null : 'dead');
$there = (new Async\Thread(fn ($w) => [$w->get(), $w], WeakReference::create($o)))->join();
var_dump($there[0], $there[1]->get());
$gone = WeakReference::create(new Node);
var_dump((new Async\Thread(fn ($w) => $w->get(), $gone))->join());
$there = (new Async\Thread(function ($o, $w) { unset($o); return $w->get(); }, new Node, WeakReference::create($o)))->join();
var_dump($there);

arrives('map', function () {
    $a = new Node;
    $b = new Node;
    $map = new WeakMap;
    $map[$a] = ['for a', $b];
    $map[$b] = 'for b';
    return [$map, $a, $b];
}, fn ($x) => $x[0][$x[1]][1] === $x[2] && $x[0][$x[2]] === 'for b' ? null : 'broken');
$map = new WeakMap;
$sent = new Node;
$kept = new Node;
$chain = [new Node, new Node, new Node];
$map[$kept] = 'must not cross';
$map[$chain[1]] = $chain[2];
$map[$chain[0]] = $chain[1];
$map[$sent] = $chain[0];
$map[$chain[2]] = 'end of the chain';
echo (new Async\Thread(function ($map, $sent) {
    $steps = '';
    for ($key = $sent; $key instanceof Node; $key = $map[$key]) {
        $steps .= 'step ';
    }
    $text = $steps . $key . ', ' . count($map) . ' entries';
    $map = WeakReference::create($map);
    return $text;
}, $map, $sent))->join(), "\n";
echo (new Async\Thread(fn ($map) => count($map), $map))->join(), "\n";
refused('a value that cannot cross', [(function () use ($sent) { $m = new WeakMap; $m[$sent] = [fopen('php://memory', 'r')]; return $m; })(), $sent]);
--EXPECT--
reference after the object: arrives
reference before the object: arrives
a tree with weak parents: arrives
a tree entered from below: arrives
to internal objects, before them: arrives
NULL
NULL
NULL
NULL
map: arrives
step step step step end of the chain, 4 entries
0
a value that cannot cross
  Async\ThreadTransferException: Cannot transfer value in a WeakMap[0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer value in a WeakMap[0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer value in a WeakMap[0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer value in a WeakMap[0]: a resource (stream) is not transferable
