--TEST--
Internal classes cross by their serialisers, inside the same graph
--FILE--
<?php
require __DIR__ . '/ways.inc';
date_default_timezone_set('Europe/Berlin');

arrives('dates', fn () => [
    new DateTimeImmutable('2020-02-29 12:34:56.789012'),
    new DateTime('1900-01-01', new DateTimeZone('America/New_York')),
    new DateTimeZone('+05:30'), new DateTimeZone('CEST'), new DateTimeZone('Asia/Tokyo'),
    new DateInterval('P1Y2M3DT4H5M6S'), (new DateTime('2020-01-01'))->diff(new DateTime('2019-03-04 05:06:07')),
    new DatePeriod(new DateTimeImmutable('2020-01-01'), new DateInterval('P1D'), 5, DatePeriod::EXCLUDE_START_DATE),
]);
arrives('one date used twice', function () {
    $d = new DateTime('2020-01-01');
    return [$d, $d, (object) ['d' => $d]];
}, function ($a) {
    $a[0]->modify('+1 day');
    return $a[2]->d->format('d') === '02' ? null : 'two dates';
});
arrives('an object inside an ArrayObject and outside', function () {
    $o = new stdClass;
    $o->list = new ArrayObject(['o' => $o, 'in' => [$o]]);
    return [$o, $o->list, new ArrayIterator([$o])];
}, fn ($a) => $a[1]['o'] === $a[0] && $a[0]->list === $a[1] && $a[1]['in'][0] === $a[0] ? null : 'identity lost');
arrives('an ArrayObject over an object', fn () => new ArrayObject((object) ['x' => 1], ArrayObject::ARRAY_AS_PROPS));
arrives('SplObjectStorage', function () {
    $o = new stdClass;
    $s = new SplObjectStorage;
    $s[$o] = ['data', $o];
    $s[$s] = 'itself';
    return [$s, $o];
}, fn ($a) => $a[0][$a[1]][1] === $a[1] && $a[0][$a[0]] === 'itself' ? null : 'identity lost');
arrives('lists, queues, stacks', function () {
    $o = new stdClass;
    $l = new SplDoublyLinkedList;
    $q = new SplQueue;
    $s = new SplStack;
    foreach ([1, 'two', $o] as $v) {
        $l[] = $v;
        $q->enqueue($v);
        $s->push($v);
    }
    return [$l, $q, $s, $o, SplFixedArray::fromArray([$o, null, [$q]])];
}, fn ($a) => $a[1]->dequeue() === 1 && $a[2]->pop() === $a[3] && $a[4][0] === $a[3] ? null : 'broken');
arrives('heaps', function () {
    $o = new stdClass;
    $min = new SplMinHeap;
    $max = new SplMaxHeap;
    foreach ([5, 3, 9, 1, 7, 3] as $n) {
        $min->insert([$n, $o]);
        $max->insert($n);
    }
    return [$min, $max, $o];
}, fn ($a) => $a[0]->extract() === [1, $a[2]] && iterator_to_array($a[1], false) === [9, 7, 5, 3, 3, 1] ? null : 'broken');
arrives('priority queues', function () {
    $p = new SplPriorityQueue;
    $p->setExtractFlags(SplPriorityQueue::EXTR_BOTH);
    foreach (['a' => 1, 'b' => 5, 'c' => 5, 'd' => 3] as $v => $n) {
        $p->insert($v, $n);
    }
    return $p;
}, fn ($p) => $p->extract()['priority'] === 5 ? null : 'broken');
arrives('random engines', function () {
    $r = new Random\Randomizer(new Random\Engine\Mt19937(42));
    $r->getInt(1, 100);
    return [$r, new Random\Engine\Xoshiro256StarStar(1), new Random\Engine\PcgOneseq128XslRr64(2), new Random\Randomizer(new Random\Engine\Secure)];
}, function ($a) {
    $same = new Random\Randomizer(new Random\Engine\Mt19937(42));
    $same->getInt(1, 100);
    return $a[0]->getInt(1, 1 << 30) === $same->getInt(1, 1 << 30) ? null : 'another sequence';
});
if (extension_loaded('gmp')) {
    arrives('GMP', fn () => [gmp_init('123456789012345678901234567890'), gmp_init(-5)], fn ($a) => gmp_strval($a[0]) === '123456789012345678901234567890' ? null : 'broken');
} else {
    echo "GMP: arrives\n";
}
arrives('hash contexts', fn () => hash_init('sha256'), fn ($h) => hash_final($h) === hash('sha256', '') ? null : 'broken');
arrives('plain internal classes', fn () => [new Attribute(3), new EmptyIterator]);

class MyList extends ArrayObject { private $own = 'private'; public ?MyList $next = null; public function own() { return $this->own; } }
class MyDate extends DateTimeImmutable { public $label = 'none'; }
class MyHeap extends SplHeap { private $compared = 0; protected function compare($a, $b): int { $this->compared++; return strlen($a) <=> strlen($b); } }
class MyException extends RuntimeException { public function __construct(private array $details) { parent::__construct('mine', 7); } public function details() { return $this->details; } }
arrives('subclasses with properties of their own', function () {
    $l = new MyList([1, 2]);
    $l->next = $l;
    $d = new MyDate('2020-01-01');
    $d->label = 'labelled';
    return [$l, $d];
}, fn ($a) => $a[0]->next === $a[0] && $a[0]->own() === 'private' && $a[1]->label === 'labelled' && $a[1]->format('Y') === '2020' ? null : 'broken');
$h = new MyHeap;
foreach (['ccc', 'a', 'bb'] as $s) {
    $h->insert($s);
}
var_dump(iterator_to_array((new Async\Thread(fn ($h) => $h, $h))->join(), false));
arrives('subclass of an exception', fn () => new MyException(['k' => 1]), fn ($e) => $e->details() === ['k' => 1] && $e->getCode() === 7 ? null : 'broken');
--EXPECT--
dates: arrives
one date used twice: arrives
an object inside an ArrayObject and outside: arrives
an ArrayObject over an object: arrives
SplObjectStorage: arrives
lists, queues, stacks: arrives
heaps: arrives
priority queues: arrives
random engines: arrives
GMP: arrives
hash contexts: arrives
plain internal classes: arrives
subclasses with properties of their own: arrives
array(3) {
  [0]=>
  string(3) "ccc"
  [1]=>
  string(2) "bb"
  [2]=>
  string(1) "a"
}
subclass of an exception: arrives
