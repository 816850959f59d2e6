--TEST--
States: transfer() is asked once also when a weak reference comes ahead; what a class of the engine will not give is refused with the path; so are corrupted heaps
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\Thread;

class Asked implements Async\Transferable
{
    public static int $times = 0;
    public function transfer(): mixed { return ++self::$times; }
    public static function restore(mixed $state): static { return new static; }
}
class Says extends ArrayObject
{
    public function __serialize(): array { Asked::$times++; return parent::__serialize(); }
}
foreach ([new Asked, new Says([1])] as $object) {
    Asked::$times = 0;
    $there = (new Thread(fn ($v) => $v, [WeakReference::create($object), new Asked, $object]))->join();
    echo $object::class, ': ', Asked::$times - 1, ' ', $there[0]->get() === $there[2] ? 'alive' : 'dead', "\n";
}

$heap = new class extends SplMinHeap {
    public bool $bad = false;
    protected function compare($a, $b): int { return $this->bad ? throw new LogicException : $b <=> $a; }
};
foreach ([3, 1, 2] as $i) { $heap->insert($i); }
$heap->bad = true;
try { $heap->extract(); } catch (LogicException) {}
$heap->bad = false;
$finished = hash_init('md5');
hash_final($finished);
foreach (['hmac' => hash_init('sha256', HASH_HMAC, 'k'), 'finished' => $finished, 'date' => (new ReflectionClass('DateTime'))->newInstanceWithoutConstructor(), 'heap' => $heap] as $what => $value) {
    try { new Thread(fn ($v) => $v, ['x' => [$value]]); } catch (Throwable $e) { echo $what, ': ', $e::class, ' ', strtok($e->getMessage(), ':'), "\n"; }
}
$heap->recoverFromCorruption();
var_dump((new Thread(fn ($heap) => $heap->isCorrupted(), $heap))->join());
?>
--EXPECT--
Asked: 1 alive
Says: 1 alive
hmac: Async\ThreadTransferException Cannot transfer $args[0]['x'][0]
finished: Async\ThreadTransferException Cannot transfer $args[0]['x'][0]
date: Async\ThreadTransferException Cannot transfer $args[0]['x'][0]
heap: Async\ThreadTransferException Cannot transfer $args[0]['x'][0]
bool(false)
