--TEST--
Handles, closures of their methods, futures, generators and cycles that are left when the script ends let their actors go
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await, spawn, spawn_thread, suspend};
class A extends Async\Actor {
    private array $kept = [];
    public static mixed $static = null;
    public function keep(...$x) { $this->kept = $x; return $x; }
    public function slow() { suspend(); return new ArrayObject([$this]); }
    public function fail() { throw new LogicException('x', 3, new DomainException('inner')); }
    public function __call($name, $args) { return $name; }
}
class Keep { public static mixed $x; }
function keep($x) { static $kept; $kept = $x; }
$a = new A; $b = new A;
Keep::$x = [$a->slow(...), $a->slowAsync(...), fn() => $b];
keep($a->magic(...));
A::$static = $a;
$a->keep($a, $b);
$b->keep($a, fn() => $b, new WeakMap, WeakReference::create($a));
for ($i = 0; $i < 20; $i++) { $futures[] = $a->slowAsync(); $futures[] = $b->failAsync()->ignore(); }
$a->slowAsync(); $a->slowAsync()->ignore();
$cycle = new stdClass; $cycle->cycle = $cycle; $cycle->actor = new A; unset($cycle);
$coroutine = spawn(function () use ($a) { $a->slow(); });
$generator = (function () use ($a) { yield $a->magic(); yield 2; })(); $generator->current();
$map = new WeakMap; $map[$a] = $a;
try { $a->fail(); } catch (LogicException $e) { $exception = $e; }
$closure = (new ReflectionMethod('A', 'slow'))->getClosure($a);
$thread = spawn_thread(fn() => [$a, $b, $a->slow(...)]);
await($thread);
register_shutdown_function(function () use ($a) { echo get_class($a), "\n"; });
echo "end\n";
--EXPECT--
end
A
