--TEST--
A closure of a method bound to a handle sends messages, bound to an instance it calls; no other closure gets into an actor
--EXTENSIONS--
async_threads
--FILE--
<?php
final class A extends Async\Actor {
    private int $n = 0;
    public function add(int $by = 1): int { return $this->n += $by; }
    private function secret() { return 'secret'; }
    public function both(A $other) {
        $mine = $this->add(...); $theirs = $other->add(...); $private = $this->secret(...);
        $r = [];
        for ($i = 0; $i < 30; $i++) {
            $r = [$mine(), $theirs(), $mine->bindTo($other)(), $theirs->bindTo($this)(), Closure::bind($mine, $other)(), $mine->call($other, 2), $theirs->call($this, by: 2), $mine->call($this)];
        }
        foreach ([fn() => $private->bindTo($other), fn() => $private->call($other), fn() => (fn() => $this->n)->bindTo($other)(), fn() => (fn() => $this->n)->call($other)] as $f) {
            try { $r[] = $f(); } catch (Error $e) { $r[] = $e->getMessage(); }
        }
        $r[] = (fn() => $this->n)->call($this);
        return $r;
    }
}
class Stranger { public $n = 1; function f() { return fn() => $this->n; } }
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A; $b = new A;
echo json_encode($a->both($b), JSON_PRETTY_PRINT), "\n";
$try(fn() => (function () { return $this->n; })->call($a));
$try(fn() => (fn() => $this->n)->bindTo($a, $a));
$try(fn() => (fn() => $this->n)->bindTo($a, A::class));
$try(fn() => Closure::bind(fn() => $this->n, $a, 'A'));
$try(fn() => Closure::bind(function () { return $this->add(5); }, $a)());
$try(fn() => Closure::bind(function () { return $this->n; }, $a)());
$try(fn() => Closure::bind(fn() => new A, null, A::class)()->add());
$try(fn() => Closure::bind(static fn() => 1, $a));
$try(fn() => (new Stranger)->f()->call($a));
$try(fn() => $a->add(...)->bindTo(new Stranger));
$try(fn() => $a->add(...)->bindTo(null));
$try(fn() => $a->add(...)->bindTo($b)() - $b->add(0));
--EXPECTF--
[
    146,
    146,
    147,
    147,
    148,
    150,
    149,
    150,
    "Call to private method A::secret() of an actor: only public methods are messages",
    "Call to private method A::secret() of an actor: only public methods are messages",
    "Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead",
    "Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead",
    150
]
Error: Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead
Error: Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead
Error: Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead
Error: Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead
int(155)
Error: Cannot read A::$n: properties of an actor are private to it; call a method instead
int(1)

Warning: Cannot bind an instance to a static closure in %sclosures_between_handles_and_instances.php on line 30
NULL
Error: Cannot bind a closure with the scope of class A to an actor: its state is private to its thread; call a method instead

Warning: Cannot bind method A::add() to object of class Stranger in %sclosures_between_handles_and_instances.php on line 32
NULL

Warning: Cannot unbind $this of method in %sclosures_between_handles_and_instances.php on line 33
NULL
int(0)
