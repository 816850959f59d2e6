--TEST--
Named, default, variadic and spread arguments, by value and in hot code; types are checked where the method runs
--EXTENSIONS--
async_threads
--FILE--
<?php
final class A extends Async\Actor {
    public function __construct(private string $name = 'none', public readonly int $size = 3) {}
    public function all(int $a, int $b = PHP_INT_SIZE, string ...$rest) { return "$a $b " . json_encode($rest); }
    public function defaults($x = self::class, array $y = ['k' => [1]], ?A $z = null) { return [$x, $y, $z]; }
    public function typed(int $n): string { return $n; }
    public function wrong(): int { return 'no number'; }
    public function nothing(): void {}
    public function self(): static { return $this; }
    public function name() { return "$this->name $this->size"; }
    public function nullable(?int $n): ?int { return $n; }
}
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A(size: 7);
$try(fn() => $a->name());
$try(fn() => (new A('x'))->name());
$try(fn() => (new A(...['size' => 1, 'name' => 'spread']))->name());
$try(fn() => $a->all(1));
$try(fn() => $a->all(b: 2, a: 1));
$try(fn() => $a->all(1, 2, 'r1', 'r2'));
$try(fn() => $a->all(1, rest: 'r', other: 's'));
$try(fn() => $a->all(...[1, 2], ...['x', 'y']));
$try(fn() => json_encode($a->defaults()));
$try(fn() => json_encode($a->defaults(y: [])));
$try(fn() => $a->defaults(z: $a)[2] === $a);
$try(fn() => $a->all());
$try(fn() => $a->all(1, c: 2, a: 3));
$try(fn() => $a->all('x'));
$try(fn() => $a->typed('5'));
$try(fn() => $a->typed([]));
$try(fn() => $a->wrong());
$try(fn() => $a->nothing());
$try(fn() => $a->self() === $a);
$try(fn() => $a->nullable(null));
$try(fn() => $a->nullable());
$try(fn() => new A([]));
$try(fn() => new A(unknown: 1));
for ($i = $sum = 0; $i < 200; $i++) { $sum += $a->nullable(n: $i); }
var_dump($sum);
--EXPECT--
string(6) "none 7"
string(3) "x 3"
string(8) "spread 1"
string(6) "1 8 []"
string(6) "1 2 []"
string(15) "1 2 ["r1","r2"]"
string(28) "1 8 {"rest":"r","other":"s"}"
string(13) "1 2 ["x","y"]"
string(20) "["A",{"k":[1]},null]"
string(13) "["A",[],null]"
bool(true)
ArgumentCountError: Too few arguments to function A::all(), 0 passed and at least 1 expected
Error: Named parameter $a overwrites previous argument
TypeError: A::all(): Argument #1 ($a) must be of type int, string given
string(1) "5"
TypeError: A::typed(): Argument #1 ($n) must be of type int, array given
TypeError: A::wrong(): Return value must be of type int, string returned
NULL
bool(true)
NULL
ArgumentCountError: Too few arguments to function A::nullable(), 0 passed and exactly 1 expected
TypeError: A::__construct(): Argument #1 ($name) must be of type string, array given
Error: Unknown named parameter $unknown
int(19900)
