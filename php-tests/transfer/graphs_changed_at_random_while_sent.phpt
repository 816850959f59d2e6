--TEST--
transfer() and __serialize() that change the graph being captured at random, collect garbage and run destructors: what arrives is whole, nothing leaks
--EXTENSIONS--
async_threads
--INI--
memory_limit=1G
--FILE--
<?php
use Async\{Thread, ThreadTransferException};

class Node { public $a; public $b; public ?array $c = null; public ?Node $n = null; private $p; public function p($x) { $this->p = $x; } }
class Says implements Async\Transferable
{
    public $x;
    public function transfer(): mixed { $world = $GLOBALS['world'] ?? null; $world?->meddle(); return $world?->any(); }
    public static function restore(mixed $state): static { $says = new static; $says->x = get_debug_type($state); return $says; }
}
class Listed extends ArrayObject
{
    public $own;
    public function __serialize(): array { $world = $GLOBALS['world'] ?? null; $world?->meddle(); return ['x' => $world?->any(), 'own' => $this->own]; }
    public function __unserialize(array $data): void { $this->own = $data; }
}
class Last { public $x; public function __destruct() { ($GLOBALS['world'] ?? null)?->meddle(1); } }

final class World
{
    public array $objects = [];
    public array $arrays = [];
    public array $references = [];
    public array $root = [];
    private int $depth = 0;

    public function any(): mixed
    {
        return match (mt_rand(0, 9)) {
            0 => mt_rand(),
            1 => str_repeat(chr(mt_rand(97, 122)), mt_rand(0, 40)),
            2 => $this->arrays ? $this->arrays[array_rand($this->arrays)] : [],
            3 => mt_rand(0, 30) ? 'literal' : str_repeat('L', (256 << 10) + mt_rand(0, 3)),
            4 => ['k' . mt_rand(0, 5) => $this->object(), mt_rand(0, 3) => [1, [$this->object()]]],
            default => $this->object(),
        };
    }

    private function object(): object
    {
        return $this->objects && mt_rand(0, 3) ? $this->objects[array_rand($this->objects)] : $this->make();
    }

    private function make(): object
    {
        $some = $this->objects ? $this->objects[array_rand($this->objects)] : null;
        $bound = &$this->references;
        return $this->objects[] = match (mt_rand(0, 9)) {
            0, 1, 2 => new Node,
            3, 4 => new stdClass,
            5 => new Says,
            6 => new Listed,
            7 => new Last,
            8 => function () use ($some, &$bound) { static $z = 1; $z = [$z]; return $some; },
            9 => $this->map(),
        };
    }

    private function map(): WeakMap
    {
        $map = new WeakMap;
        foreach ($this->objects as $i => $object) {
            if (!mt_rand(0, 5)) {
                $map[$object] = $i;
            }
        }
        return $map;
    }

    public function meddle(int $times = 6): void
    {
        if ($this->depth > 2) {
            return;
        }
        $this->depth++;
        while ($times--) {
            $o = $this->object();
            $key = 'k' . mt_rand(0, 6);
            match (true) {
                $o instanceof Node => match (mt_rand(0, 6)) {
                    0 => $o->a = $this->any(), 1 => $o->b = null, 2 => $o->c = [$this->any()], 3 => $o->n = null,
                    4 => $this->bind($o->a), 5 => $o->p($this->any()), 6 => $o->c[] = &$o->b,
                },
                $o instanceof stdClass => match (mt_rand(0, 3)) { 0 => $o->$key = $this->any(), 1 => $this->drop($o, $key), 2 => $this->bind($o->$key), 3 => $this->rewrite($o) },
                $o instanceof Closure => $o(),
                $o instanceof Last => $o->x = $this->any(),
                $o instanceof WeakMap => $o[$this->objects[array_rand($this->objects)]] = $this->any(),
                default => null,
            };
            match (mt_rand(0, 6)) {
                0 => $this->drop($this, null), 1 => $this->arrays[mt_rand(0, 9)] = [$this->any(), 'z' => $this->any()], 2 => $this->root[mt_rand(0, 5)] = $this->any(),
                3 => $this->references[mt_rand(0, 9)] = $this->any(), 4 => mt_rand(0, 20) ?: gc_collect_cycles(), 5 => $this->bind($this->root[mt_rand(0, 5)]), 6 => null,
            };
            if (count($this->objects) > 60) {
                $this->objects = array_slice($this->objects, 30);
            }
        }
        $this->depth--;
    }

    private function bind(mixed &$place): void
    {
        $this->references[mt_rand(0, 9)] = &$place;
    }

    private function drop(object $o, ?string $key): void
    {
        if ($o === $this) {
            unset($this->objects[array_rand($this->objects)]);
        } else {
            unset($o->$key);
        }
    }

    private function rewrite(stdClass $o): void
    {
        foreach ($o as &$value) {
            $value = mt_rand(0, 1) ? $value : $this->any();
        }
    }
}

$arrived = 0;
for ($seed = 1; $seed <= 40; $seed++) {
    mt_srand($seed);
    $world = new World;
    $world->meddle(70);
    for ($i = 0; $i < 3; $i++) {
        try {
            $root = &$world->root;
            $there = (new Thread(static fn ($v) => [count($v), $v], [$world->root, $world->objects, new Says, &$root]))->join();
            $arrived += $there[0] === 4;
        } catch (ThreadTransferException $e) {
            // Some states lead back to what says them.
            if (!str_ends_with($e->getMessage(), 'Says::transfer() gave a state that holds the object itself')) {
                echo "seed $seed: ", $e->getMessage(), "\n";
            }
        } catch (Throwable $e) {
            echo "seed $seed: ", $e::class, ': ', $e->getMessage(), "\n";
        }
    }
    unset($there, $root, $world);
    gc_collect_cycles();
}
echo $arrived > 5 ? "some arrived\n" : "only $arrived arrived\n";
?>
--EXPECT--
some arrived
