--TEST--
Structures, dates and random engines of the engine that are special: in themselves, ordered by user code, of subclasses with their own properties; those that do not cross
--EXTENSIONS--
async_threads
--FILE--
<?php
require __DIR__ . '/ways.inc';

class Hashed extends SplObjectStorage { public function getHash(object $o): string { return $o->id; } }
class ByLength extends SplHeap { public $compared = 0; protected function compare($a, $b): int { $this->compared++; return strlen($a) <=> strlen($b); } }
final class Counts implements Random\Engine { private int $n = 0; public function generate(): string { return pack('P', ++$this->n); } }
trait Own
{
    public readonly array $ro;
    private $p = 'private';
    protected $list = [1];
    public ?object $me = null;
    public function own(): static { $this->ro = ['set']; $this->p = 'changed'; $this->list[] = $this; $this->me = $this; return $this; }
    public function check(): ?string
    {
        try {
            $this->ro = [];
        } catch (Error $e) {
            return $this->p === 'changed' && $this->list === [1, $this] && $this->me === $this ? null : 'lost';
        }
        return 'written';
    }
}
class OwnDate extends DateTime { use Own; }
class OwnZone extends DateTimeZone { use Own; }
class OwnInterval extends DateInterval { use Own; }
class OwnObject extends ArrayObject { use Own; }
class OwnStorage extends SplObjectStorage { use Own; }
class OwnHeap extends SplMinHeap { use Own; }
class OwnQueue extends SplQueue { use Own; }
class OwnArray extends SplFixedArray { use Own; }
class OwnException extends Exception { use Own; }

arrives('in themselves', function () {
    $a = new ArrayObject;
    $a['me'] = $a;
    $f = new SplFixedArray(2);
    $f[0] = $f;
    $q = new SplQueue;
    $q[] = [$q];
    $i = new RecursiveArrayIterator([1, [2, [3]]]);
    $i['me'] = $i;
    return [$a, $f, $q, $i];
}, fn ($x) => $x[0]['me'] === $x[0] && $x[1][0] === $x[1] && $x[2][0][0] === $x[2] && $x[3]['me'] === $x[3] ? null : 'identity lost');
arrives('heap in itself', function () {
    $h = new SplMinHeap;
    $h->insert([1, $h]);
    $p = new SplPriorityQueue;
    $p->insert($p, [2, $h]);
    return [$h, $p];
}, fn ($x) => $x[0]->top()[1] === $x[0] && $x[1]->top() === $x[1] ? null : 'identity lost');
arrives('heap of dates', function () {
    $h = new SplMinHeap;
    foreach (['2020-03-01', '2020-01-01', '2020-02-01'] as $day) {
        $h->insert(new DateTime($day));
    }
    return $h;
}, fn ($h) => $h->extract()->format('m') . $h->extract()->format('m') === '0102' ? null : 'another order');
arrives('one priority for many', function () {
    $p = new SplPriorityQueue;
    foreach (range('a', 'j') as $i => $v) {
        $p->insert($v, $i % 3);
    }
    return $p;
}, function ($there, $here) {
    [$a, $b] = [clone $there, clone $here];
    while (!$a->isEmpty()) {
        if ($a->extract() !== $b->extract()) {
            return 'another order';
        }
    }
});
$there = (new Async\Thread(fn ($h) => $h, (function () { $h = new ByLength; $h->insert('a'); $h->insert('ccc'); $h->insert('bb'); return $h; })()))->join();
echo implode(' ', iterator_to_array($there, false)), "\n";
arrives('an own idea of identity', function () {
    $s = new Hashed;
    $s[(object) ['id' => 'x']] = 1;
    return $s;
}, fn ($s) => $s[(object) ['id' => 'x']] === 1 && count($s) === 1 ? null : 'lost');
arrives('closures in a storage', function () {
    $s = new SplObjectStorage;
    $f = fn () => 5;
    $s[$f] = fn () => $f;
    return [$s, $f];
}, fn ($x) => $x[0][$x[1]]()() === 5 ? null : 'lost');
arrives('position of an iterator is its own', fn () => new ArrayIterator(['k' => 1, 'l' => 2]), fn ($i) => iterator_to_array($i) === ['k' => 1, 'l' => 2] ? null : 'lost');
arrives('intervals', fn () => [DateInterval::createFromDateString('next weekday'), DateInterval::createFromDateString('-3 days'), (new DateTime('2020-01-01'))->diff(new DateTime('2021-03-04'))],
    fn ($x) => (new DateTime('2020-01-03'))->add($x[0])->format('md') === '0106' && $x[2]->days === 428 ? null : 'lost');
arrives('an own engine', fn () => new Counts, fn ($e) => $e->generate() === pack('P', 1) ? null : 'lost');
echo bin2hex((new Async\Thread(fn ($r) => $r->getBytes(4), new Random\Randomizer(new Counts)))->join()), "\n";
foreach ([new OwnDate('2020-01-01'), new OwnZone('UTC'), new OwnInterval('P1D'), new OwnObject([1]), new OwnStorage, new OwnHeap, new OwnQueue, new OwnArray(1), new OwnException('e')] as $o) {
    $o->own();
    foreach (every_way($o) as $way => $there) {
        if (get_class($there) !== get_class($o) || $there->check() !== null) {
            echo get_class($o), ", $way: ", $there->check(), "\n";
        }
    }
}
refused('MultipleIterator', [new MultipleIterator]);
refused('incomplete class', ['o' => unserialize('O:7:"Missing":1:{s:1:"a";i:1;}')]);
?>
--EXPECT--
in themselves: arrives
heap in itself: arrives
heap of dates: arrives
one priority for many: arrives
ccc bb a
an own idea of identity: arrives
closures in a storage: arrives
position of an iterator is its own: arrives
intervals: arrives
an own engine: arrives
01000000
MultipleIterator
  Async\ThreadTransferException: Cannot transfer $args[0][0]: MultipleIterator is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][0]: MultipleIterator is not transferable
  Async\ThreadTransferException: Cannot transfer $value[0]: MultipleIterator is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[0]: MultipleIterator is not transferable
incomplete class
  Async\ThreadTransferException: Cannot transfer $args[0]['o']: __PHP_Incomplete_Class is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']['o']: __PHP_Incomplete_Class is not transferable
  Async\ThreadTransferException: Cannot transfer $value['o']: __PHP_Incomplete_Class is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held['o']: __PHP_Incomplete_Class is not transferable
