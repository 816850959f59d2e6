--TEST--
Parameters by reference are refused at the call, wherever they stand; a method that returns by reference gives a copy
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private array $list = [1];
    public function second(int $a, array &$list = []) {}
    public function variadic(&...$all) {}
    public function __invoke(&$x) {}
    public function &list() { return $this->list; }
    public function add($x) { $this->list[] = $x; }
    public function inside() { $this->second(1, $this->list); $x = 1; $this->variadic($x); $this($x); return 'inside'; }
}
class B extends Async\Actor { public function __construct(&$x = null) {} }
$try = function (callable $f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
for ($i = 0; $i < 3; $i++) {
    $x = [];
    $try(fn() => $a->second(1, $x));
    $try(fn() => $a->second(1));
    $try(fn() => $a->secondAsync(1, $x));
    $try(fn() => $a->variadic($x));
    $try(fn() => $a($x));
    $try(fn() => ($a->variadic(...))($x));
    $try(fn() => new B($x));
    $try(fn() => new B);
}
$list = $a->list();
$list[] = 'mine';
$a->add(2);
$try(fn() => [$list, $a->list(), $a->inside()]);
--EXPECT--
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::variadic() takes $all by reference, which a message to an actor cannot; return the value instead
Error: A::__invoke() takes $x by reference, which a message to an actor cannot; return the value instead
Error: A::variadic() takes $all by reference, which a message to an actor cannot; return the value instead
Error: B::__construct() takes $x by reference, which a message to an actor cannot; return the value instead
Error: B::__construct() takes $x by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::variadic() takes $all by reference, which a message to an actor cannot; return the value instead
Error: A::__invoke() takes $x by reference, which a message to an actor cannot; return the value instead
Error: A::variadic() takes $all by reference, which a message to an actor cannot; return the value instead
Error: B::__construct() takes $x by reference, which a message to an actor cannot; return the value instead
Error: B::__construct() takes $x by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::second() takes $list by reference, which a message to an actor cannot; return the value instead
Error: A::variadic() takes $all by reference, which a message to an actor cannot; return the value instead
Error: A::__invoke() takes $x by reference, which a message to an actor cannot; return the value instead
Error: A::variadic() takes $all by reference, which a message to an actor cannot; return the value instead
Error: B::__construct() takes $x by reference, which a message to an actor cannot; return the value instead
Error: B::__construct() takes $x by reference, which a message to an actor cannot; return the value instead
[[1,"mine"],[1,2],"inside"]
