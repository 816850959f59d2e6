--TEST--
A closure made in an actor and sent away has the handle for $this: it may send messages, and sees no state
--EXTENSIONS--
async_threads
--FILE--
<?php
final class A extends Async\Actor {
    private int $n = 5;
    public function n(): int { return $this->n; }
    private function secret(): int { return $this->n; }
    public function public(): Closure { return fn() => $this->n(); }
    public function private(): Closure { return fn() => $this->n; }
    public function write(): Closure { return function () { $this->n = 1; return $this->n; }; }
    public function method(): Closure { return $this->n(...); }
}
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
$public = $a->public(); $private = $a->private(); $write = $a->write(); $method = $a->method();
for ($i = 0; $i < 20; $i++) {
    $public(); $method();
    try { $private(); } catch (Error) {}
    try { $write(); } catch (Error) {}
}
$try($public); $try($private); $try($write); $try($method);
$try(fn() => Async\await(Async\spawn_thread($method)));
$try(fn() => Async\await(Async\spawn_thread($a->n(...))));
$try(fn() => (new ReflectionFunction($public))->getClosureThis() === $a);
$pool = new Async\ThreadPool(1);
$try(fn() => $pool->enqueue($public));
$try(fn() => $pool->enqueue($a->nAsync(...))->await());
$try(fn() => $a->n());
--EXPECT--
int(5)
Error: Cannot read A::$n: properties of an actor are private to it; call a method instead
Error: Cannot write A::$n: properties of an actor are private to it; call a method instead
int(5)
int(5)
int(5)
bool(true)
int(5)
int(5)
int(5)
