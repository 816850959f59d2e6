--TEST--
ReflectionMethod::invoke, invokeArgs and getClosure on a handle send messages; on an instance they call
--EXTENSIONS--
async_threads
--FILE--
<?php
class Base extends Async\Actor {
    public function inherited() { return 'inherited, ' . static::class; }
    public function overridden() { return 'base'; }
}
final class A extends Base {
    private int $n = 0;
    public function add(int $by = 1, int ...$more): int { return $this->n += $by + array_sum($more); }
    public function overridden() { return 'own'; }
    private function secret() { return 'secret'; }
    public static function local() { return 'local'; }
    public function fromInside() {
        $m = new ReflectionMethod($this, 'add');
        $s = new ReflectionMethod($this, 'secret');
        return [$m->invoke($this, 10), $m->invokeArgs($this, [5]), $m->getClosure($this)(1), $s->invoke($this), $s->getClosure($this)()];
    }
    public function onAnother(A $other) { return (new ReflectionMethod(self::class, 'add'))->invoke($other, 3); }
}
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
foreach ([new ReflectionMethod('A', 'add'), new ReflectionMethod($a, 'add'), (new ReflectionClass($a))->getMethod('add'), (new ReflectionObject($a))->getMethod('add')] as $m) {
    for ($i = 0; $i < 10; $i++) {
        $m->invoke($a); $m->invoke($a, by: 2); $m->invokeArgs($a, [1, 2, 3]); $m->invokeArgs($a, ['by' => 1]); $m->getClosure($a)(by: 1);
    }
    echo $m->class, ' ', $m->invoke($a, 0), "\n";
}
$try(fn() => (new ReflectionMethod('A', 'inherited'))->invoke($a));
$try(fn() => (new ReflectionMethod('Base', 'inherited'))->invoke($a));
$try(fn() => (new ReflectionMethod('Base', 'overridden'))->invoke($a));
$try(fn() => (new ReflectionMethod('A', 'overridden'))->invoke($a));
$try(fn() => (new ReflectionMethod('A', 'secret'))->invoke($a));
$try(fn() => (new ReflectionMethod('A', 'secret'))->getClosure($a));
$try(fn() => (new ReflectionMethod('A', 'local'))->invoke($a));
$try(fn() => (new ReflectionMethod('A', 'add'))->invoke(new Base));
$try(fn() => (new ReflectionMethod('A', 'add'))->invoke(new ArrayObject));
$try(fn() => (new ReflectionMethod('A', 'add'))->invokeArgs($a, ['x']));
$try(fn() => (new ReflectionProperty('A', 'n'))->getValue($a));
$try(fn() => json_encode($a->fromInside()));
$try(fn() => $a->onAnother(new A));
$try(fn() => (new ReflectionFunction($a->add(...)))->invoke(0));
--EXPECT--
A 110
A 220
A 330
A 440
string(12) "inherited, A"
string(12) "inherited, A"
Error: A overrides Base::overridden(): no message to an actor can reach the latter
string(3) "own"
Error: Call to private method A::secret() of an actor: only public methods are messages
Error: Call to private method A::secret() of an actor: only public methods are messages
string(5) "local"
ReflectionException: Given object is not an instance of the class this method was declared in
ReflectionException: Given object is not an instance of the class this method was declared in
TypeError: A::add(): Argument #1 ($by) must be of type int, string given
Error: Cannot read A::$n: properties of an actor are private to it; call a method instead
string(31) "[450,455,456,"secret","secret"]"
int(3)
int(456)
