--TEST--
var_dump, print_r, var_export, casts, json_encode and debug functions on a handle
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor { public $open = 1; private $closed = 2; }
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
echo preg_replace(['/#\d+/', '/int\(\d+\)/'], ['#n', 'int'], (function () use ($a) { ob_start(); var_dump($a); return ob_get_clean(); })());
$try(fn() => preg_replace('/\d+/', 'n', print_r($a, true)));
$try(fn() => var_export($a, true));
$try(fn() => (array) $a);
$try(fn() => json_encode($a));
$try(fn() => get_object_vars($a));
$try(fn() => get_mangled_object_vars($a));
$try(fn() => (bool) $a);
$try(fn() => "$a");
$try(fn() => property_exists($a, 'open'));
$try(function () use ($a) { foreach ($a as $x) echo 'never'; });
$try(fn() => iterator_to_array($a));
$try(fn() => [...$a]);
$try(fn() => $a['x']);
$try(fn() => count($a));
$try(function () use ($a) { $a->open++; });
$try(function () use ($a) { $a->open[] = 1; });
$try(function () use ($a) { $r = &$a->open; });
$try(function () use ($a) { return $a?->open; });
$try(function () use ($a) { return $a->open ?? 'default'; });
$try(function () use ($a) { return empty($a->open); });
$try(function () use ($a) { array_walk($a, fn() => print('never')); });
$try(fn() => unserialize('O:1:"A":0:{}'));
$try(fn() => unserialize('O:1:"A":1:{s:4:"open";i:1;}'));
--EXPECT--
object(A)#n (5) {
  ["id"]=>
  int
  ["mailbox"]=>
  int
  ["handled"]=>
  int
  ["worker"]=>
  int
  ["alive"]=>
  bool(true)
}
string(100) "A Object
(
    [id] => n
    [mailbox] => n
    [handled] => n
    [worker] => n
    [alive] => n
)
"
string(25) "\A::__set_state(array(
))"
array(0) {
}
string(2) "{}"
array(0) {
}
array(0) {
}
bool(true)
Error: Object of class A could not be converted to string
bool(true)
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
TypeError: iterator_to_array(): Argument #1 ($iterator) must be of type Traversable|array, A given
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
Error: Cannot use object of type A as array
TypeError: count(): Argument #1 ($value) must be of type Countable|array, A given
Error: Cannot read A::$open: properties of an actor are private to it; call a method instead
Error: Cannot read A::$open: properties of an actor are private to it; call a method instead
Error: Cannot read A::$open: properties of an actor are private to it; call a method instead
Error: Cannot read A::$open: properties of an actor are private to it; call a method instead
Error: Cannot read A::$open: properties of an actor are private to it; call a method instead
Error: Cannot test A::$open: properties of an actor are private to it; call a method instead
NULL
Exception: Unserialization of 'A' is not allowed
Exception: Unserialization of 'A' is not allowed
