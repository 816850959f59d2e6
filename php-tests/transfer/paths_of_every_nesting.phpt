--TEST--
The path in a refusal, through private, protected and dynamic properties, odd keys, static variables, structures and several kinds of wrapper
--EXTENSIONS--
async_threads
--FILE--
<?php
class Base
{
    private $hidden;
    protected $protected;
    public function __construct($v, $p = null) { $this->hidden = $v; $this->protected = $p; }
}
#[AllowDynamicProperties]
class Kid extends Base { private $hidden = 'kid'; public $last; }
class Tree { public $left; public $right; }
class State implements Async\Transferable
{
    public function __construct(private $state) {}
    public function transfer(): mixed { return $this->state; }
    public static function restore(mixed $state): static { return new static($state); }
}

function path(string $what, mixed $value): void
{
    try {
        new Async\Thread(static fn ($v) => 1, $value);
        echo "$what: not refused\n";
    } catch (Async\ThreadTransferException $e) {
        echo $what, ': ', addcslashes(preg_replace('/^Cannot transfer (.*): a resource \(stream\) is not transferable$/s', '$1', $e->getMessage()), "\0..\37"), "\n";
    }
}
function with(object $o, string $name, mixed $value): object { $o->$name = $value; return $o; }

$s = STDERR;
path('private of a parent', new Kid($s));
path('protected', new Kid(1, [$s]));
$kid = with(new Kid(1), 'dynamic', 1);
path('dynamic beside declared', with(clone $kid, 'an odd one', ['x' => $s]));
path('declared beside dynamic', with(clone $kid, 'last', $s));
path('dynamic that leads back', with($kid, 'dynamic', (object) ['a' => [$kid, $s]]));
path('dynamic behind what leads back', with(with(new Kid(1), 'dynamic', 1), 'last', [$kid, [$s]]));
foreach (["a'b", 'a"b', "a\nb", "a']['b", '', '01', -7, str_repeat('k', 100)] as $key) {
    path('key ' . addcslashes(substr($key, 0, 10), "\0..\37"), [1, $key => [$s]]);
}
$holes = [0, 1, $s];
unset($holes[0]);
path('list with a hole', $holes);
$tree = new Tree;
[$tree->left, $tree->right] = [new Tree, new Tree];
$tree->right->left = new Tree;
$tree->right->left->right = $s;
path('tree', [$tree]);

$begun = function () { static $n; $n ??= ['k' => STDERR]; };
$begun();
path('static variable', $begun);
path('nested arrow functions', [fn () => fn () => $s]);
path('$this of an arrow function', (function () { return fn () => $this; })->bindTo(new Kid($s), Kid::class)());
path('a method as a closure', [(new ArrayObject(['k' => $s]))->count(...)]);
path('previous exception', new Exception('a', 0, with(new class extends Exception { public $with; }, 'with', [$s])));
path('state', ['q' => new State(['st' => [$s]])]);
path('state in a state', new State([new State(['in' => $s])]));
path('state that is it', [new State($s)]);
path('property of a heap', [with(new class extends SplMinHeap { public $own; }, 'own', $s)]);
path('reference in a reference', (function () use ($s) { $b = [$s]; $a = ['b' => &$b]; return ['a' => &$a]; })());
path('an array that holds itself', (function () use ($s) { $a = []; $a['self'] = &$a; $a['end'] = $s; return $a; })());

$task = function ($x) use ($s) {};
foreach ([fn () => new Async\Thread($task, 1), fn () => new Async\Thread($begun), fn () => new Async\Thread(fn (...$a) => 1, 1, x: ["y'z" => $s]), fn () => (new Async\Thread(fn () => new Kid([STDERR])))->join()] as $send) {
    try { $send(); } catch (Async\ThreadTransferException $e) { echo $e->getMessage(), "\n"; }
}
?>
--EXPECT--
private of a parent: $args[0]->hidden
protected: $args[0]->protected[0]
dynamic beside declared: $args[0]->{'an odd one'}['x']
declared beside dynamic: $args[0]->last
dynamic that leads back: $args[0]->dynamic->a[1]
dynamic behind what leads back: $args[0]->last[0]->dynamic->a[1]
key a'b: $args[0]['a\'b'][0]
key a"b: $args[0]['a"b'][0]
key a\nb: $args[0]['a\nb'][0]
key a']['b: $args[0]['a\'][\'b'][0]
key : $args[0][''][0]
key 01: $args[0]['01'][0]
key -7: $args[0][-7][0]
key kkkkkkkkkk: $args[0]['kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…'][0]
list with a hole: $args[0][2]
tree: $args[0][0]->right->left->right
static variable: $args[0]{$n}['k']
nested arrow functions: $args[0][0]{$s}
$this of an arrow function: $args[0]{$this}->hidden
a method as a closure: $args[0][0]{$this}[1]['k']
previous exception: $args[0]->previous->with[0]
state: $args[0]['q']['st'][0]
state in a state: $args[0][0]['in']
state that is it: $args[0][0]
property of a heap: $args[0][0]->own
reference in a reference: $args[0]['a']['b'][0]
an array that holds itself: $args[0]['end']
Cannot transfer $s: a resource (stream) is not transferable
Cannot transfer $n['k']: a resource (stream) is not transferable
Cannot transfer $args['x']['y\'z']: a resource (stream) is not transferable
Cannot transfer return value->hidden[0]: a resource (stream) is not transferable
