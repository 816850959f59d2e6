--TEST--
Children of internal classes, filters, wrappers, fibers, bound closures: what C code calls back works in a thread
--EXTENSIONS--
async_threads
--FILE--
<?php
require __DIR__ . '/same.inc';
class Ex extends ErrorException implements JsonSerializable { public function __construct(public readonly int $more = 3, ...$a) { parent::__construct('m', ...$a); } public function jsonSerialize(): mixed { return [$this->getMessage(), $this->more, $this->getSeverity()]; } }
class It extends ArrayIterator { public function current(): mixed { return strtoupper(parent::current()); } }
class Store extends SplObjectStorage { public function getHash(object $o): string { return get_class($o); } }
class Dt extends DateTimeImmutable { const F = self::ATOM; const F2 = parent::COOKIE; public static function at(): static { return new static('2001-02-03'); } }
class Cl implements IteratorAggregate, Countable, ArrayAccess { private $d = [3, 1, 2]; function getIterator(): Traversable { return new ArrayIterator($this->d); } function count(): int { return 3; } function offsetGet($o): mixed { return $this->d[$o]; } function offsetSet($o, $v): void { $this->d[$o] = $v; } function offsetExists($o): bool { return isset($this->d[$o]); } function offsetUnset($o): void { unset($this->d[$o]); } }
class Heap extends SplMinHeap { protected function compare($a, $b): int { return strlen($a) <=> strlen($b); } }
class Filt extends RecursiveFilterIterator { public function accept(): bool { return $this->hasChildren() || $this->current() > 1; } }
class Fl extends php_user_filter { public function filter($in, $out, &$consumed, bool $closing): int { while ($b = stream_bucket_make_writeable($in)) { $b->data = strrev($b->data); $consumed += $b->datalen; stream_bucket_append($out, $b); } return PSFS_PASS_ON; } }
abstract class Wr { public $context; private static array $files = ['a' => 'wrapped <?php return 5;']; private int $at = 0; function stream_open($p, $m, $o, &$op) { return true; } function stream_read($n) { $r = substr('wrapped', $this->at, $n); $this->at += strlen($r); return $r; } function stream_eof() { return $this->at >= 7; } function stream_stat() { return []; } }
class Wrr extends Wr {}
final class Ser implements Serializable { public $v; public function serialize() { return 's'; } public function unserialize($d) { $this->v = $d; } public function __serialize(): array { return [1]; } public function __unserialize(array $d): void { $this->v = $d; } }
interface MyThrow extends Throwable { const T = 1; } class MyEx extends Exception implements MyThrow {}
interface MyTrav extends IteratorAggregate, Countable {} class MyT extends Cl implements MyTrav {}
enum EI: string implements JsonSerializable, Countable { case A = 'a'; public function count(): int { return 4; } public function jsonSerialize(): mixed { return 'json'; } public static function __callStatic($n, $a) { return $n; } public function __invoke($x) { return $this->value . $x; } public function __call($n, $a) { return "c$n"; } }
class Rf extends ReflectionClass { function hi() { return $this->getShortName(); } }
class Wk { public WeakMap $m; public ?WeakReference $r = null; function __construct() { $this->m = new WeakMap; $this->m[$this] = 5; $this->r = WeakReference::create($this); } }
class Fb { public static function run() { $f = new Fiber(function ($x) { $y = Fiber::suspend($x * 2); return $y . self::class; }); $r = [$f->start(4)]; $f->resume('z'); $r[] = $f->getReturn(); return $r; } }
class Clos { private $p = 'priv'; static private $sp = 'spriv'; static function get() { return [Closure::bind(fn () => $this->p, new self, self::class)(), Closure::bind(static fn () => static::$sp, null, self::class)(), (fn () => $this->p)->call(new self), (fn () => self::stat())(), Closure::fromCallable([new self, 'magic'])(1)]; } private static function stat() { return __METHOD__; } function __call($n, $a) { return "$n$a[0]"; } }
$classes = array_values(array_filter(get_declared_classes(), fn ($c) => (new ReflectionClass($c))->isUserDefined()));
same('reflection', fn () => array_map(fn ($c) => (string) new ReflectionClass($c), array_merge($classes, ['MyThrow', 'MyTrav'])));
same('exception', fn () => json_encode(new Ex(severity: 5)));
same('iterators', fn () => [iterator_to_array(new It(['a', 'b'])), iterator_to_array(new Cl), (new Cl)[1], isset((new Cl)[7]), count(new MyT), iterator_to_array(new MyT), iterator_to_array(new RecursiveIteratorIterator(new Filt(new RecursiveArrayIterator([1, 2, [1, 3]]))), false)]);
same('storage', function () { $s = new Store; $s[new Ex] = 1; $s[new Ex] = 2; return count($s); });
same('dates', fn () => [Dt::at()->format(Dt::F), Dt::F2, get_class(Dt::at()->modify('+1 day'))]);
same('heap', function () { $h = new Heap; foreach (['aaa', 'b', 'cc'] as $x) $h->insert($x); return iterator_to_array($h, false); });
same('stream filter', function () { stream_filter_register('rev', 'Fl'); $f = fopen('php://memory', 'w+'); stream_filter_append($f, 'rev', STREAM_FILTER_WRITE); fwrite($f, 'abc'); rewind($f); return fread($f, 10); });
same('stream wrapper', function () { stream_wrapper_register('wr', 'Wrr'); return file_get_contents('wr://x'); });
same('serializable', fn () => [unserialize(serialize(new Ser))->v, unserialize('C:3:"Ser":1:{x}')->v]);
same('throwable', fn () => [(new MyEx) instanceof MyThrow, MyEx::T]);
same('enum', fn () => [json_encode(EI::A), count(EI::A), EI::foo(), (EI::A)('x'), EI::A->bar(), array_map(EI::A, ['y']), (new Rf('EI'))->hi()]);
same('weak references', fn () => [count((new Wk)->m), (new Wk)->r->get() === null]);
same('fiber', fn () => Fb::run());
same('closures', fn () => Clos::get());
same('declared names', fn () => [array_values(array_filter(get_declared_classes(), fn ($c) => (new ReflectionClass($c))->isUserDefined())), get_declared_interfaces(), get_declared_traits(), get_defined_functions()['user']]);
--EXPECT--
reflection: same
exception: same
iterators: same
storage: same
dates: same
heap: same
stream filter: same
stream wrapper: same
serializable: same
throwable: same
enum: same
weak references: same
fiber: same
closures: same
declared names: same
