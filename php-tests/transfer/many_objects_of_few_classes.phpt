--TEST--
Many objects of few classes: what holds others in any slot, classes with many slots, slots in another order or of another type in the receiver
--FILE--
<?php
require __DIR__ . '/ways.inc';

use function Async\spawn_thread;

final class Four
{
    public $a;
    public int|string|null|float|bool|array|object $b = null;
    public ?string $c = null;
    public $d;

    public static function of(mixed ...$values): static
    {
        $four = new static;
        [$four->a, $four->b, $four->c, $four->d] = $values;
        return $four;
    }
}
enum Colour { case Red; }

// In each slot, everything that may stand there, beside everything that may stand in the next.
arrives('every neighbourhood', function () {
    $shared = str_repeat('shared', 3);
    $inner = Four::of(1, 2, 'inner', null);
    $kinds = [
        fn () => null, fn () => true, fn () => mt_rand(), fn () => PHP_INT_MIN, fn () => 0.5, fn () => '', fn () => 'c', fn () => 'interned', fn () => $shared,
        fn () => str_repeat('own', mt_rand(1, 50)), fn () => str_repeat('long', 1000), fn () => [], fn () => [1, 2], fn () => ['k' => $shared], fn () => Colour::Red,
        fn () => $inner, fn () => Four::of(null, 'leaf', null, 7), fn () => Four::of(Four::of('', 1.5, 'x', true), [], $shared, Four::of(false, null, '', [])),
    ];
    mt_srand(7);
    $all = [];
    foreach ($kinds as $i => $first) {
        foreach ($kinds as $j => $second) {
            $all[] = Four::of($first(), $second(), [null, $shared, '', 'own' . mt_rand()][($i + $j) % 4], $first());
            $all[] = Four::of($second(), 1, null, $second());
        }
    }
    return $all;
});
arrives('lent strings among others', fn () => array_map(fn ($i) => Four::of($i, str_repeat('x', 300_000 + $i), "own $i", null), range(0, 9)));
foreach (['a', 'b', 'd'] as $slot) {
    arrives("chains by slot $slot", function () use ($slot) {
        $chain = null;
        for ($i = 0; $i < 3000; $i++) {
            $next = Four::of($i, 'text', "number $i", $i / 3);
            $next->$slot = $chain ?? $i;
            $chain = $next;
        }
        return [$chain, 'after it'];
    });
}

// Classes with very many slots.
foreach ([99, 100, 101, 300] as $count) {
    $slots = implode(' ', array_map(fn ($i) => "public \$p$i = $i;", range(1, $count)));
    eval("class Wide$count { $slots }");
    arrives("$count slots", function () use ($count) {
        $class = "Wide$count";
        $all = [];
        for ($i = 0; $i < 50; $i++) {
            $all[] = $wide = new $class;
            foreach ([1, 50, $count] as $slot) {
                $wide->{"p$slot"} = [str_repeat('w', $i * 40), $all[0], new $class, 'text'][($i + $slot) % 4];
            }
        }
        return $all;
    });
}

// The receiver has the slots in another order, and more of them.
if (true) {
    class Moved { public $last; public ?Moved $right = null; public string $added = 'default'; public string $text = ''; public ?Moved $left = null; public int $id = 0; public $more = [1]; }
}
$make = <<<'PHP'
    class Moved { public ?Moved $left = null; public int $id = 0; public ?Moved $right = null; public string $text = ''; public $last; }
    function moved(int $depth, int &$id): ?Moved {
        if ($depth === 0) return null;
        $m = new Moved;
        [$m->id, $m->text, $m->last] = [++$id, "text $id", [null, 1.5, 'x', [$id]][$id % 4]];
        [$m->left, $m->right] = [moved($depth - 1, $id), moved($depth - 1, $id)];
        return $m;
    }
    $id = 0;
    $tree = moved(10, $id);
    PHP;
$tree = spawn_thread(eval('return static function () { eval(' . var_export($make . ' $GLOBALS["tree"] = $tree;', true) . '); return $GLOBALS["tree"]; };'), false)->join();
$walk = function (?Moved $m) use (&$walk, &$id): bool {
    return $m === null
        || $m->id === ++$id && $m->text === "text $id" && $m->last === [null, 1.5, 'x', [$id]][$id % 4] && $m->added === 'default' && $m->more === [1]
            && $walk($m->left) && $walk($m->right);
};
var_dump($walk($tree), $id);

// One of many does not fit.
if (true) {
    final class Strict { public ?Strict $next = null; public int $number = 0; public string $text = ''; }
}
$lax = 'final class Strict { public $next = null; public $number = 0; public $text = ""; }';
foreach (['$o->number = "text"', '$o->number = 1.5', '$o->text = 5', '$o->text = null', '$o->next = new stdClass', '$o->next = $list[3]; $list[3]->number = null', '$o->next = 1', '$o->number = PHP_INT_MAX'] as $change) {
    $body = $lax . ' $list = []; for ($i = 0; $i < 100; $i++) { $list[] = $o = new Strict; $o->number = $i; $o->text = "text $i"; $o->next = new Strict; } $o = $list[50]; ' . $change . '; $GLOBALS["list"] = $list;';
    try {
        $list = spawn_thread(eval('return static function () { eval(' . var_export($body, true) . '); return $GLOBALS["list"]; };'), false)->join();
        echo count($list), ' came: ', var_export($list[50]->number, true), ' ', $list[99]->text, ' ', $list[99]->next->number, "\n";
    } catch (Async\ThreadTransferException $e) {
        echo $e->getMessage(), "\n";
    }
}
--EXPECT--
every neighbourhood: arrives
lent strings among others: arrives
chains by slot a: arrives
chains by slot b: arrives
chains by slot d: arrives
99 slots: arrives
100 slots: arrives
101 slots: arrives
300 slots: arrives
bool(true)
int(1023)
Cannot restore Strict::$number: its type here does not allow string
Cannot restore Strict::$number: its type here does not allow float
Cannot restore Strict::$text: its type here does not allow int
Cannot restore Strict::$text: its type here does not allow null
Cannot restore Strict::$next: its type here does not allow stdClass
Cannot restore Strict::$number: its type here does not allow null
Cannot restore Strict::$next: its type here does not allow int
100 came: 9223372036854775807 text 99 0
