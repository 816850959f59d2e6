--TEST--
A worker keeps closures that bind nothing: each call is like the first, and no other closure is taken for it
--FILE--
<?php
use Async\ThreadPool;
class A { const NAME = 'a'; private static function secret() { return self::NAME . static::class; } }
class B extends A { const NAME = 'b'; private static function secret() { return self::NAME . static::class; } }
$pool = new ThreadPool(2);
$all = fn (Closure $task, int $times = 8) => json_encode(array_values(array_unique($pool->map(range(1, $times), $task, 1))));

echo $all(static function ($i) { static $n = 0; return ++$n; }), " a static variable starts afresh\n";
echo $all(static function ($i) { $f = function () { static $n = 0; return ++$n; }; return $f() . $f(); }), " so does one of a closure inside\n";

// The same code, seen from different classes.
$code = static fn () => self::secret();
$seen = [];
foreach ([[A::class, A::class], [B::class, B::class], [A::class, A::class]] as [$scope]) {
    $seen[] = $pool->enqueue(Closure::bind($code, null, $scope));
}
echo json_encode($seen), "\n";

// Code that lives shortly, at addresses used again and again.
for ($i = 0, $wrong = 0; $i < 500; $i++) {
    $wrong += $pool->enqueue(eval("return static fn () => $i;")) !== $i;
}
echo "wrong: $wrong\n";

// What is bound is what it was when the task was submitted.
$futures = [];
for ($i = 0; $i < 5; $i++) {
    $futures[] = $pool->submit(fn () => $i);
}
echo json_encode(array_map(fn ($f) => $f->await(), $futures)), "\n";

// Arguments of every simple type, by position and by name.
$show = static function (mixed ...$args) { return array_map(get_debug_type(...), $args) + ['sum' => array_sum(array_filter($args, is_numeric(...)))]; };
echo json_encode($pool->enqueue($show, null, true, false, 7, 1.5)), "\n";
echo json_encode($pool->enqueue($show, 1, b: 2.5, c: null)), "\n";
var_dump($pool->enqueue(static fn () => -0.0), $pool->enqueue(static fn ($x) => $x, PHP_INT_MIN), $pool->enqueue(static fn (&$x) => $x = 3, 2));

// Names that are declared after the worker has met the closure.
$late = static fn () => [function_exists('late') ? late() : 'none', class_exists('Late', false) ? Late::VALUE : 'none'];
echo json_encode($pool->map([1, 2], $late, 1)), "\n";
eval('function late() { return "late"; } class Late { const VALUE = 1; }');
echo json_encode($pool->map([1, 2], $late, 1)), "\n";

// An exit, an exception and a fatal error inside it leave it as it was.
$ends = static function (string $how) { if ($how === 'exit') exit(3); if ($how === 'throw') throw new DomainException('no'); if ($how === 'fatal') { ini_set('memory_limit', '4M'); str_repeat('x', 1 << 30); } return $how; };
foreach (['fine', 'exit', 'fine', 'throw', 'fine', 'fatal', 'fine'] as $how) {
    try { echo $pool->enqueue($ends, $how), ' '; } catch (Throwable $e) { echo $e::class, ' '; }
}
echo "\n";
--EXPECTF--
[1] a static variable starts afresh
["12"] so does one of a closure inside
["aA","bB","aA"]
wrong: 0
[0,1,2,3,4]
{"0":"null","1":"bool","2":"bool","3":"int","4":"float","sum":8.5}
{"0":"int","b":"float","c":"null","sum":3.5}

Warning: {closure%S}(): Argument #1 ($x) must be passed by reference, value given in %s on line %d
float(-0)
int(%i)
int(3)
[["none","none"],["none","none"]]
[["late",1],["late",1]]
fine Async\ThreadExitException fine DomainException fine Async\ThreadFatalError fine 
