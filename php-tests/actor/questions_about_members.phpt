--TEST--
method_exists(), property_exists() and reflection answer about a handle as about an object of its class
--EXTENSIONS--
async_threads
--FILE--
<?php
class Base extends Async\Actor { private $hidden = 1; protected $kept = 2; private function own() {} }
class A extends Base { private $mine; public static $shared; public function f() {} private function secret() {} public static function local() {} }
class M extends A { public function __call($n, $a) { return $n; } public function __isset($n) { return true; } public function __get($n) { return $n; } }
class Plain { private $mine; public static $shared; public function f() {} private function secret() {} public static function local() {}
    public function __call($n, $a) { return $n; } public function __isset($n) { return true; } public function __get($n) { return $n; } }
foreach ([new A, new M, new Plain] as $o) {
    echo get_class($o), ': ';
    $out = [];
    foreach (['f', 'F', 'secret', 'local', 'nope', 'own'] as $name) $out[] = "$name " . (method_exists($o, $name) ? 'yes' : 'no');
    foreach (['mine', 'shared', 'kept', 'hidden', 'nope'] as $name) $out[] = "$name " . (property_exists($o, $name) ? 'yes' : 'no') . ((new ReflectionObject($o))->hasProperty($name) ? ' yes' : ' no');
    echo implode(', ', $out), "\n";
}
$a = new A;
var_dump(method_exists($a, 'fAsync'), method_exists($a, 'secretAsync'), method_exists($a, 'nopeAsync'), method_exists(new M, 'nopeAsync'), (new M)->nope());
foreach ([fn() => method_exists($a), fn() => method_exists($a, []), fn() => property_exists($a, [])] as $f) {
    try { $f(); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
foreach ([$a->f(...), (new Plain)->f(...), fn() => 1, strlen(...), Closure::bind(function () {}, $a)] as $closure) {
    $class = (new ReflectionFunction($closure))->getClosureCalledClass();
    echo json_encode([$class?->name, $class ? ($class->getParentClass() ?: null)?->name : null]), "\n";
}
var_dump((new ReflectionFunction($a->f(...)))->getClosureCalledClass() == new ReflectionClass('A'));
?>
--EXPECT--
A: f yes, F yes, secret yes, local yes, nope no, own yes, mine yes yes, shared yes yes, kept yes yes, hidden no no, nope no no
M: f yes, F yes, secret yes, local yes, nope no, own yes, mine no no, shared yes yes, kept yes yes, hidden no no, nope no no
Plain: f yes, F yes, secret yes, local yes, nope no, own no, mine yes yes, shared yes yes, kept no no, hidden no no, nope no no
bool(true)
bool(false)
bool(false)
bool(false)
string(4) "nope"
ArgumentCountError: method_exists() expects exactly 2 arguments, 1 given
TypeError: method_exists(): Argument #2 ($method) must be of type string, array given
TypeError: property_exists(): Argument #2 ($property) must be of type string, array given
["A","Base"]
["Plain",null]
[null,null]
[null,null]
["A","Base"]
bool(true)
