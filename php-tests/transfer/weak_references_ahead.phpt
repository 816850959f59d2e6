--TEST--
A weak reference that stands before what it refers to, in every kind of place: alive if that crosses too, else dead
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\Thread;

enum Suit { case Hearts; case Spades; }
class Holds { public ?WeakReference $w = null; public WeakReference|int|null $u = 5; }
class Says implements Async\Transferable
{
    public function __construct(public $state = null) {}
    public function transfer(): mixed { return $this->state; }
    public static function restore(mixed $state): static { return new static($state); }
}

// What holds the reference, and how to read it. Keys of maps have to be kept.
$kept = [];
$places = [
    'slot' => function ($w) { $h = new Holds; $h->w = $h->u = $w; return [$h, fn ($h) => $h->w === $h->u ? $h->w : null]; },
    'dynamic property' => fn ($w) => [(object) ['a' => $w], fn ($o) => $o->a],
    'list' => fn ($w) => [[1, $w], fn ($a) => $a[1]],
    'reference' => fn ($w) => [[&$w, &$w], fn ($a) => $a[1]],
    'bound variable' => fn ($w) => [function () use ($w) { return $w; }, fn ($f) => $f()],
    'static variable' => function ($w) { $f = function ($x = null) { static $w; return $w ??= $x; }; $f($w); return [$f, fn ($f) => $f()]; },
    'ArrayObject' => fn ($w) => [new ArrayObject([$w]), fn ($a) => $a[0]],
    'heap' => function ($w) { $h = new SplMinHeap; $h->insert([1, $w]); return [$h, fn ($h) => $h->top()[1]]; },
    'storage' => function ($w) { $s = new SplObjectStorage; $s[$w] = 1; return [$s, function ($s) { $s->rewind(); return $s->current(); }]; },
    'value of a weak map' => function ($w) use (&$kept) { $m = new WeakMap; $kept[] = $k = new stdClass; $m[$k] = $w; return [[$m, $k], fn ($a) => $a[0][$a[1]]]; },
    'key of a weak map' => function ($w) use (&$kept) { $m = new WeakMap; $m[$w] = 5; $kept[] = $w; return [[$m, $w], fn ($a) => isset($a[0][$a[1]]) ? $a[1] : null]; },
    'state' => fn ($w) => [new Says([$w]), fn ($s) => $s->state[0]],
];
$objects = [
    'stdClass' => fn () => new stdClass, 'closure' => fn () => fn () => 1, 'ArrayObject' => fn () => new ArrayObject([1]), 'Transferable' => fn () => new Says(5),
    'weak map' => fn () => new WeakMap, 'exception' => fn () => new Exception('e'), 'heap' => fn () => new SplMinHeap, 'case' => fn () => Suit::Hearts,
    'date' => fn () => new DateTime('2020-01-01'), 'handle' => fn () => new Async\ThreadPool(1), 'weak reference' => fn () => WeakReference::create($GLOBALS['objects']),
];
$echo = static fn ($v) => $v;
$pool = new Async\ThreadPool(1);
$objects['weak reference'] = function () use ($pool) { return WeakReference::create($pool); };
foreach ($objects as $name => $make) {
    foreach ($places as $place => $hold) {
        $object = $make();
        [$value, $read] = $hold(WeakReference::create($object));
        $there = $pool->submit($echo, [$value, 'o' => $object])->await();
        if (!$read($there[0]) instanceof WeakReference || $read($there[0])->get() !== $there['o'] || get_class($there['o']) !== get_class($object)) {
            echo "$name, $place: not alive\n";
        }
        unset($there);
        // A case is there anyway, and so is the way back's own pool.
        $there = $pool->submit($echo, [$value])->await();
        if (!$read($there[0]) instanceof WeakReference || $read($there[0])->get() !== null) {
            echo "$name, $place: not dead\n";
        }
    }
}
// Cases as keys of a weak map.
$map = new WeakMap;
$map[Suit::Hearts] = 'hearts';
$map[Suit::Spades] = 'spades';
[$there] = (new Thread($echo, [$map, Suit::Hearts]))->join();
var_dump(count($there), $there[Suit::Hearts]);
?>
--EXPECT--
int(1)
string(6) "hearts"
