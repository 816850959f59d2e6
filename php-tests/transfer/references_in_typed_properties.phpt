--TEST--
References in typed properties: arrays that hold themselves, nested ones, several types on one, ahead of the property and behind it
--EXTENSIONS--
async_threads
--FILE--
<?php
require __DIR__ . '/ways.inc';

class Typed { public array $list = []; public ?Typed $next = null; public int $n = 1; public ?int $maybe = null; public string|array $both = 'text'; private iterable $hidden = []; public function &hidden() { return $this->hidden; } }
class Loose { public $list; public int|string $n = 1; }

function refuses(Closure $write): bool
{
    try {
        $write();
        return false;
    } catch (TypeError) {
        return true;
    }
}

arrives('an array that holds itself', function () {
    $o = new Typed;
    $o->list['self'] = &$o->list;
    return $o;
}, function ($o) {
    $o->list['self']['self'][] = 'new';
    return $o->list[0] === 'new' && refuses(function () use ($o) { $o->list['self'] = 5; }) ? null : 'not bound';
});
arrives('two that hold each other', function () {
    $o = new Typed;
    $p = new Typed;
    $o->list['p'] = &$p->list;
    $p->list['o'] = &$o->list;
    return [$o, $p];
}, function ($a) {
    $a[0]->list['p']['o']['p'][] = 'new';
    return $a[1]->list[0] === 'new' && refuses(function () use ($a) { $a[1]->list['o'] = null; }) ? null : 'not bound';
});
arrives('ahead of the property', function () {
    $o = new Typed;
    return ['ahead' => [&$o->n, [&$o->next]], 'o' => $o, 'behind' => [&$o->n, &$o->both]];
}, function ($a) {
    $a['ahead'][0] = 7;
    $a['ahead'][1][0] = new Typed;
    $a['behind'][1] = ['array'];
    return $a['o']->n === 7 && $a['behind'][0] === 7 && $a['o']->next instanceof Typed && $a['o']->both === ['array']
        && refuses(function () use ($a) { $a['behind'][0] = 'text'; }) && refuses(function () use ($a) { $a['ahead'][1][0] = 1; }) ? null : 'not bound';
});
arrives('several types on one', function () {
    $o = new Typed;
    $l = new Loose;
    $l->n = &$o->n;
    $o->maybe = &$l->n;
    return [$l, $o];
}, function ($a) {
    $a[0]->n = 9;
    return $a[1]->n === 9 && $a[1]->maybe === 9 && refuses(function () use ($a) { $a[0]->n = 'text'; }) && refuses(function () use ($a) { $a[1]->maybe = null; }) ? null : 'type lost';
});
arrives('a private one', function () {
    $o = new Typed;
    $r = &$o->hidden();
    $r = new ArrayObject([$o]);
    return [&$r, $o];
}, function ($a) {
    return $a[0][0] === $a[1] && refuses(function () use (&$a) { $a[0] = 5; }) ? null : 'type lost';
});
arrives('bound by a closure', function () {
    $o = new Typed;
    $n = &$o->n;
    return [function ($x) use (&$n) { $n = $x; }, $o];
}, function ($a) {
    $a[0](3);
    return $a[1]->n === 3 && refuses(fn () => $a[0]('text')) ? null : 'type lost';
});
arrives('bound to nothing else any more', function () {
    $o = new Typed;
    $r = &$o->list;
    $r[] = 'alone';
    unset($r);
    return [$o, clone $o];
}, function ($a) {
    $a[0]->list[] = 'more';
    return $a[1]->list === ['alone'] ? null : 'still bound';
});
?>
--EXPECT--
an array that holds itself: arrives
two that hold each other: arrives
ahead of the property: arrives
several types on one: arrives
a private one: arrives
bound by a closure: arrives
bound to nothing else any more: arrives
