--TEST--
restore() finds the graph around its object complete, but for what is still to be restored; what it writes there is neither lost nor leaked
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\Thread;

class T implements Async\Transferable
{
    public $seen;
    public function __construct(public $with = null, public ?string $look = null) {}
    public function transfer(): mixed { return [$this->with, $this->look]; }
    public static function restore(mixed $state): static
    {
        $t = new static(...$state);
        if ($t->look !== null) { $t->seen = ($t->look)($t->with); }
        return $t;
    }
}
// There and back: what is read is what was restored there.
$send = fn ($value) => (new Thread(fn ($v) => $v, $value))->join();

echo "dynamic properties\n";
function keys($o) { $keys = []; foreach ($o as $key => $value) { $keys[] = $key . ' ' . get_debug_type($value); } return implode(', ', $keys); }
$o = new stdClass;
$o->before = 1;
$o->t = new T($o, 'keys');
$o->{'5'} = 2;
$o->after = [3];
$there = $send($o);
echo $there->t->seen, "\n", keys($there), "\n";
var_dump($there->t->with === $there);

echo "declared ones\n";
#[AllowDynamicProperties]
class Holds { public $first = 1; public $free; public ?T $typed; public ?array $list = null; public readonly ?T $fixed; public int|T $number = 0; public $last = [4]; }
function typed($h) {
    try { $h->typed; } catch (Error $e) { return $e->getMessage(); }
    return 'there';
}
$h = new Holds;
$h->dynamic = $h->typed = $h->number = $h->free = new T($h, 'typed');
$h->list = ['k' => $h->free, 'l' => [$h->free]];
$there = $send($h);
echo $there->free->seen, "\n", keys($there), "\n";
var_dump($there->free === $there->typed, $there->free === $there->dynamic, $there->free === $there->list['l'][0], $there->free === $there->number);

echo "written to\n";
function write($h) {
    $h->free = [str_repeat('leak', 10), new stdClass];
    $h->typed = new T;
    $h->number = 7;
    $h->dynamic = [[new stdClass]];
    $h->added = [5];
    $h->last = new ArrayObject([6]);
    $h->list = null;
    $kept = &$h->free;
    $GLOBALS['kept'] = &$h->typed;
    return 'wrote';
}
$h->free->look = 'write';
for ($i = 0; $i < 3; $i++) {
    $there = $send($h);
    echo keys($there), ' ', $there->free->seen, ' ', $there->free === $there->typed && $there->free === $there->number && $there->free === $there->dynamic ? 'one' : 'several', "\n";
}
unset($kept);
function without($h) { foreach (array_keys(get_object_vars($h)) as $name) { unset($h->$name); } return 'unset'; }
$h->free->look = 'without';
echo keys($send($h)), "\n";

echo "arrays\n";
class Listed { public $list; public $map; public $more; }
function arrays($l) {
    sort($l->list);
    $l->map['new'] = 1;
    return count($l->more) . array_rand($l->more) . json_encode($l->more) . json_encode(array_map('gettype', $l->more));
}
$l = new Listed;
$t = new T($l, 'arrays');
$l->list = [3, $t, 1];
$l->map = ['t' => $t, 'x' => 1];
$l->more = [$t];
$there = $send($l);
echo $there->more[0]->seen, ' ', json_encode($there->list), ' ', implode(',', array_keys($there->map)), "\n";

echo "references\n";
class Refers { public ?T $a = null; public T $b; public $c; public array $d; }
function refer($r) { $r->a = new T; $r->d[0] = 'written'; unset($r->c); return json_encode(array_keys(get_object_vars($r))); }
$r = new Refers;
$r->a = new T($r, 'refer');
$r->b = &$r->a;
$r->c = &$r->a;
$r->d = [&$r->a];
$there = $send($r);
echo $there->a->seen, ' ', $there->a === $there->b && $there->a === $there->d[0] ? 'one' : 'several', "\n";
$there->b = $other = new T;
var_dump($there->a === $other);
try { $there->d[0] = 1; } catch (TypeError $e) { echo $e->getMessage(), "\n"; }

echo "closures\n";
function call($f) { return json_encode($f()); }
class Bound extends T {
    public $name = 'default';
    public function f() { return function () { return $this->name; }; }
    public function g() { return $this->name; }
}
$t = new T(null, 'call');
$t->with = function () use ($t) { static $n = 0; return [get_debug_type($t), ++$n]; };
$there = $send($t->with);
echo json_encode($there()), "\n";
$b = new Bound(null, 'call');
foreach ([$b->f(), $b->g(...)] as $f) {
    $b->name = 'sent';
    $b->with = $f;
    $there = $send($f);
    echo $there(), ' ', (new ReflectionFunction($there))->getClosureThis()->seen, "\n";
}

echo "others\n";
// Each finds those that are restored before it.
class Other extends T {}
function others($list) { return count(array_filter((array) $list)); }
$list = new ArrayObject;
$o = new stdClass;
$o->list = [new T($o, 'known'), new Other([new T($o, 'known')], 'others'), new T($o, 'known')];
function known($o) { return count(array_filter($o->list)); }
$there = $send($o);
echo json_encode(array_map(fn ($t) => $t->seen, $there->list)), $there->list[1]->with[0]->seen, "\n";
$list['x'] = new T($list, 'count');
$list['y'] = 1;
$there = $send($list);
var_dump($there['x']->with === $there, $there['x']->seen, count($there));

echo "weakly\n";
$t = new T;
$weak = WeakReference::create($t);
$map = new WeakMap;
$map[$t] = 'value';
$there = $send([$weak, $t, $map, ['again' => $weak]]);
var_dump($there[0]->get() === $there[1], $there[2][$there[1]], count($there[2]), $there[3]['again'] === $there[0]);

echo "thrown\n";
function throws($h) { $h->typed = new T; $h->last = [new stdClass]; throw new LogicException('no'); }
$h->free->look = 'throws';
for ($i = 0; $i < 3; $i++) {
    try { (new Thread(fn () => $h))->join(); } catch (Exception $e) { echo $e::class, ': ', $e->getMessage(), "\n"; }
}
?>
--EXPECT--
dynamic properties
before int, t null, 5 int, after array
before int, t T, 5 int, after array
bool(true)
declared ones
Typed property Holds::$typed must not be accessed before initialization
first int, free T, typed T, list array, number T, last array, dynamic T
bool(true)
bool(true)
bool(true)
bool(true)
written to
first int, free T, typed T, list null, number T, last ArrayObject, dynamic T, added array wrote one
first int, free T, typed T, list null, number T, last ArrayObject, dynamic T, added array wrote one
first int, free T, typed T, list null, number T, last ArrayObject, dynamic T, added array wrote one
free T, typed T, number T, dynamic T
arrays
10[null]["NULL"] [null,1,3] t,x,new
references
["a","d"] one
bool(true)
Cannot assign int to reference held by property Refers::$a of type ?T
closures
["T",3]
default "default"
default "default"
others
[0,1,2]1
bool(true)
int(0)
int(2)
weakly
bool(true)
string(5) "value"
int(1)
bool(true)
thrown
Async\RemoteException: no
Async\RemoteException: no
Async\RemoteException: no
