--TEST--
A handle that a collection is about to free is not given out again by a destructor that it runs
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor { public function name() { return 'name'; } }
class Keeper extends Async\Actor { private $kept; public function keep(A $a) { $this->kept = $a; } public function give() { return $this->kept; } }
class Destroyed {
    public $self;
    public function __construct(public Keeper $keeper) { $this->self = $this; }
    public function __destruct() { $GLOBALS['again'] = $this->keeper->give(); }
}
gc_disable();
$keeper = new Keeper;
$a = new A;
$keeper->keep($a);
$cycle = new stdClass;
$cycle->self = $cycle;
$cycle->handle = $a;
$destroyed = new Destroyed($keeper);
unset($cycle, $a, $destroyed);
var_dump(gc_collect_cycles() > 0);
for ($i = 0; $i < 100; $i++) { $fill[] = new stdClass; $fill[] = (object) ['a' => $i]; }
var_dump($again instanceof A, $again->name(), $again == $keeper->give());
?>
--EXPECT--
bool(true)
bool(true)
string(4) "name"
bool(true)
