--TEST--
A class that is not the same on both sides: matched by name, or a clear error; nothing leaks, no destructor runs
--FILE--
<?php
use function Async\spawn_thread;

// The thread declares its own versions; what it returns meets these.
if (true) {
    class A
    {
        private $y = 'own';
        public $added = 'default';
        public $x;
        public string|int $n;
        public ?A $a = null;
        public readonly int $r;
        public function __destruct() { echo "destructor\n"; }
    }
    class B { public $other; }
    enum E { case One; }
    class T { public array $typed = []; public $ref; }
    final class S { public int $i = 1; public static $n; }
    abstract class IsAbstract {}
    interface IsInterface {}
    class MadeReadonly { public readonly array $v; }
    class Par { private $p = 'parent'; protected $q = 1; public function p() { return $this->p; } }
    class Kid extends Par { private $p = 'kid'; public $z; public function k() { return $this->p; } }
    class IsList extends ArrayObject {}
    class Over { public $p; }
    class Under extends Over { public $p; public $q = 'q'; }
}

function comes(string $classes, string $value)
{
    $task = eval('return static function () { eval(' . var_export($classes, true) . "); return eval('return $value;'); };");
    try {
        return spawn_thread($task, false)->join();
    } catch (Async\ThreadTransferException $e) {
        echo $e->getMessage(), "\n";
    }
}

$a = 'class A { public $x = 1; private $y = 2; public int $n = 3; public ?A $a = null; public readonly int $r; } ';
$there = comes($a, 'new A');
print_r($there);
unset($there);
echo "--\n";
comes($a . 'class B { public $gone; }', '[new A, new B, new A]');
comes($a . 'enum E { case One; case Two; }', '[[new A], E::Two]');
comes($a . 'class T { public int $typed = 1; public $ref; }', '[new A, [1, ["x" => new T]], new A]');
comes($a . 'class T { public int $typed = 1; public $ref; public function __construct() { $this->ref = &$this->typed; } }', '[[[new A]], new T]');
comes('class S { public $n; }', '[1, new S]');
comes('class S { public string $i = "text"; }', '[[str_repeat("x", 100), function () { static $o = []; return $o; }], new S]');
comes('#[AllowDynamicProperties] class B { public $other; } class S { public $i = 5; public $o; public function __construct() { $this->o = new B; } }', 'new S');
comes('class IsAbstract {}', 'new IsAbstract');
comes('class IsInterface {}', 'new IsInterface');
comes('enum B { case X; }', 'B::X');
echo get_class(comes('class OnlyThere { public $a = 1; }', 'new OnlyThere')), "\n";
comes('class IsList { public $a; }', 'new IsList');
comes('class Over { private $p = "one"; } class Under extends Over { private $p = "two"; }', '[new Under, new Under]');
echo "--\n";
$kid = comes('class Par { protected $q = 5; private $p = "P"; } class Kid extends Par { public $z = 3; private $p = "K"; }', 'new Kid');
echo $kid->p(), $kid->k(), json_encode($kid), "\n";
$r = comes('class MadeReadonly { public array $v = [1]; }', 'new MadeReadonly');
try {
    $r->v = [];
} catch (Error $e) {
    echo $e->getMessage(), json_encode($r), "\n";
}
$task = eval(<<<'PHP'
    return static function () {
        eval('class S { public string $i = "text"; }');
        $o = new stdClass;
        $o->o = $o;
        $o->a = [&$o->a, $o, range(1, 1000), fn () => $o];
        return [$o, str_repeat('y', 1000), new S];
    };
    PHP);
$before = $refused = 0;
for ($i = 0; $i < 200; $i++) {
    try {
        spawn_thread($task, false)->join();
    } catch (Async\ThreadTransferException) {
        $refused++;
    }
    if ($i === 50) {
        $before = memory_get_usage();
    }
}
var_dump($refused, memory_get_usage() - $before < 2000);
--EXPECT--
A Object
(
    [y:A:private] => 2
    [added] => default
    [x] => 1
    [n] => 3
    [a] => 
)
destructor
--
Cannot restore B::$gone: there is no such property here
Cannot restore E::Two: there is no such case here
Cannot restore T::$typed: its type here does not allow int
Cannot restore T::$typed: its type here does not allow int
Cannot restore S::$n: there is no such property here
Cannot restore S::$i: its type here does not allow string
Cannot restore S::$o: there is no such property here
Cannot restore IsAbstract: it is no class with objects here
Cannot restore IsInterface: it is no class with objects here
Cannot restore B::X: there is no such case here
OnlyThere
Cannot restore IsList: it is another kind of class here
Cannot restore Under::$p: it stands for two properties here
--
PK{"z":3}
Cannot modify readonly property MadeReadonly::$v{"v":[1]}
int(200)
bool(true)
