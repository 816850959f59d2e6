--TEST--
restore() that reads, writes, breaks and keeps whatever it can reach, in graphs at random: nothing leaks, nothing crashes
--FILE--
<?php
use Async\{RemoteException, ThreadPool, ThreadTransferException, Transferable};

#[AllowDynamicProperties]
class Node { public mixed $a = null; public ?Node $b = null; public ?Sent $sent = null; public array $list = []; }

#[AllowDynamicProperties]
class Sent implements Transferable
{
    public mixed $state;
    public function __construct(public mixed $load = null) {}
    public function transfer(): mixed { return $this->load ?? null; }

    public static function restore(mixed $state): static
    {
        meddle($state, 4);
        switch (mt_rand(0, 30)) {
            case 0: throw new DomainException('no');
            case 1: gc_collect_cycles(); break;
            case 2: Async\suspend(); break;
        }
        return new static($state);
    }

    public function closure(): Closure { return function () { return [$this, $this->load ?? null]; }; }
}

/** Reads and writes here and there in what is reachable from `$value`. */
function meddle(mixed &$value, int $depth): void
{
    if ($depth < 0) {
        return;
    }
    if ($value instanceof Closure) {
        try { $value(); } catch (Error) {}
    } elseif (is_array($value)) {
        foreach (array_keys($value) as $key) {
            if (mt_rand(0, 3) === 0) meddle($value[$key], $depth - 1);
            if (mt_rand(0, 12) === 0) $value[$key] = mt_rand();
            if (mt_rand(0, 20) === 0) unset($value[$key]);
        }
        if (mt_rand(0, 6) === 0) $value[] = new Node;
    } elseif ($value instanceof WeakReference) {
        $object = $value->get();
        meddle($object, $depth - 1);
    } elseif ($value instanceof ArrayObject || $value instanceof SplObjectStorage) {
        foreach ($value as $item) {}
        if (mt_rand(0, 5) === 0) $value[$value instanceof ArrayObject ? mt_rand(0, 9) : new Node] = 1;
    } elseif ($value instanceof Node || $value instanceof Sent) {
        foreach ($value as $item) {
            if (mt_rand(0, 2) === 0) meddle($item, $depth - 1);
        }
        foreach (['a', 'b', 'sent', 'list', 'dynamic', 'state', 'load'] as $name) {
            if (mt_rand(0, 25) !== 0) continue;
            try {
                switch (mt_rand(0, 4)) {
                    case 0: unset($value->$name); break;
                    case 1: $value->$name = new Node; break;
                    case 2: $value->$name = null; break;
                    case 3: $reference = &$value->$name; $GLOBALS['kept'][mt_rand(0, 20)] = &$reference; $reference = null; unset($reference); break;
                    case 4: $GLOBALS['kept'][mt_rand(0, 20)] = $value; break;
                }
            } catch (TypeError) {
            }
        }
    }
}

function graph(int $count): array
{
    $objects = [];
    while ($count--) {
        $objects[] = match (mt_rand(0, 5)) { 0, 1 => new Sent, 2 => new ArrayObject, 3 => new SplObjectStorage, default => new Node };
    }
    $any = fn () => $objects[array_rand($objects)];
    $value = function (int $depth = 0) use ($any, &$value) {
        switch ($depth > 4 ? 0 : mt_rand(0, 8)) {
            case 0: return mt_rand();
            case 1: return str_repeat('s', mt_rand(0, 30));
            case 2: case 3: return $any();
            case 4: return [$value($depth + 1), 'k' => $value($depth + 1), $any()];
            case 5: return WeakReference::create($any());
            case 6: $object = $any(); return $object instanceof Sent ? $object->closure() : $object;
            case 7: $one = $value($depth + 1); return [&$one, &$one];
            default: return null;
        }
    };
    $shared = [$value(), $value()];
    foreach ($objects as $object) {
        if ($object instanceof Sent) {
            $object->load = mt_rand(0, 1) ? $value() : [$value(), &$shared[0]];
        } elseif ($object instanceof Node) {
            if (mt_rand(0, 1)) $object->a = $value(); else $object->a = &$shared[1];
            foreach ([$any(), $any()] as $other) {
                if ($other instanceof Node) $object->b = $other;
                if ($other instanceof Sent) $object->sent = $other;
            }
            $object->list = [$value(), $value()];
            if (mt_rand(0, 2) === 0) $object->dynamic = $value();
            if (mt_rand(0, 5) === 0 && $object->sent) $object->a = &$object->sent;
            if (mt_rand(0, 6) === 0) { $object->map = new WeakMap; $object->map[$any()] = $value(); }
        } else {
            $object[$object instanceof ArrayObject ? mt_rand(0, 9) : $any()] = $value();
        }
    }
    return [$any(), $objects, $value(), &$shared[1]];
}

/** Looks at all there is. */
function look($value, array &$seen): void
{
    if (is_array($value)) {
        foreach ($value as $item) look($item, $seen);
    } elseif (is_object($value) && !isset($seen[spl_object_id($value)])) {
        $seen[spl_object_id($value)] = $value;
        if ($value instanceof Closure) look($value(), $seen); elseif (!$value instanceof WeakMap) look((array) $value, $seen);
    }
}

$there = static function ($graph, $seed) {
    mt_srand($seed);
    $seen = [];
    look($graph, $seen);
    return mt_rand(0, 1) ? $graph : count($seen);
};
$first = (int) ($argv[1] ?? getenv('SEED') ?: mt_rand());
$pool = new ThreadPool(1);
$counts = ['arrived' => 0, 'thrown' => 0, 'refused' => 0];
for ($seed = $first; $seed < $first + 300; $seed++) {
    mt_srand($seed);
    $graph = graph(mt_rand(1, 12));
    try {
        $back = $pool->enqueue($there, $graph, $seed);
        $seen = [];
        look($back, $seen);
        $counts['arrived']++;
    } catch (DomainException|RemoteException $e) {
        $counts['thrown']++;
    } catch (ThreadTransferException $e) {
        $counts['refused']++;
    } catch (Throwable $e) {
        echo "seed $seed: ", $e, "\n";
    }
    unset($graph, $back, $seen, $e, $kept);
    $seed % 50 || gc_collect_cycles();
}
echo min($counts) > 0 && array_sum($counts) === 300 ? "all of it happened\n" : "first seed $first: " . json_encode($counts) . "\n";
?>
--EXPECT--
all of it happened
