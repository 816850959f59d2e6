--TEST--
Handles in arrays, objects, closures, enums' company, exceptions, WeakMap, WeakReference and SplObjectStorage stay the one handle of their thread
--EXTENSIONS--
async_threads
--FILE--
<?php
enum Suit { case Hearts; case Spades; }
final class Holder { public function __construct(public readonly A $a, public ?A $other = null, public Suit $suit = Suit::Hearts) {} }
class Failure extends DomainException { public function __construct(public $actor, ?Throwable $previous = null) { parent::__construct('failed', 5, $previous); } }
class A extends Async\Actor {
    private mixed $kept = null;
    public function me() { return $this; }
    public function keep(mixed $x) { $this->kept = $x; }
    public function kept() { return $this->kept; }
    public function suit(Suit $suit = Suit::Hearts, Suit ...$more): Suit { return $suit === Suit::Hearts && !$more ? Suit::Spades : $suit; }
    public function fail() { throw new Failure($this, new Failure([$this])); }
    public function call(Closure $f) { return $f($this); }
    public function weigh(WeakMap $map, A $key) { return $map[$key] ?? 'nothing'; }
    public function isMe(A $x) { return [$x == $this, $x === $this->kept, $x instanceof $x]; }
}
$a = new A; $b = new A;
$a->keep([$b, 'k' => new Holder($a, $b), 'f' => fn() => [$a, $b], 'w' => WeakReference::create($b), 'storage' => (function () use ($b) { $s = new SplObjectStorage; $s[$b] = 'of b'; return $s; })()]);
$k = $a->kept();
var_dump($k[0] === $b, $k['k']->a === $a, $k['k']->other === $b, $k['f']() === [$a, $b], $k['w']->get() === $b, $k['storage'][$b]);
var_dump($a->suit(), $a->suit(Suit::Spades), $k['k']->suit === Suit::Hearts);
try { $a->fail(); } catch (Failure $e) { var_dump($e->actor === $a, $e->getPrevious()->actor === [$a], $e->getCode()); }
var_dump($a->call(fn($x) => $x) === $a, $a->call(fn() => $b) === $b);
$map = new WeakMap; $map[$a] = 'of a'; $map[$b] = 'of b';
var_dump($map[$a->me()], $b->weigh($map, $a), $b->weigh($map, new A));
$weak = WeakReference::create($b);
$a->keep(null);
unset($k, $b, $e);
var_dump(count($map), $weak->get());
$a->keep($a);
echo json_encode($a->isMe($a)), "\n";
var_dump(match ($a->me()) { $a => 'matched' }, in_array($a->me(), [1, $a], true), array_search($a->me(), ['x' => $a], true));
$t = new Async\Thread(fn() => [$a, [$a->me() === $a, spl_object_id($a) === spl_object_id($a->me())]]);
var_dump($t->join() === [$a, [true, true]]);
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(4) "of b"
enum(Suit::Spades)
enum(Suit::Spades)
bool(true)
bool(true)
bool(true)
int(5)
bool(true)
bool(true)
string(4) "of a"
string(4) "of a"
string(7) "nothing"
int(1)
NULL
[true,true,true]
string(7) "matched"
bool(true)
string(1) "x"
bool(true)
