--TEST--
enqueue() and submit() call functions, methods, closures and first-class callables in a worker
--FILE--
<?php
use Async\ThreadPool;
class Point {
    public function __construct(public int $x) {}
    public function twice(int $by = 2): int { return $this->x * $by; }
    public static function origin(): Point { return new Point(0); }
    public function __invoke(int $y): Point { return new Point($this->x + $y); }
}
function add(int $a, int ...$rest): int { return $a + array_sum($rest); }

$pool = new ThreadPool(2);
$base = 40;
var_dump($pool->enqueue(fn (int $n) => $n + $base, 2));
var_dump($pool->enqueue('strtoupper', 'abc'));
var_dump($pool->enqueue('add', 1, 2, 3));
var_dump($pool->enqueue(add(...), 1, 2));
var_dump($pool->enqueue([new Point(4), 'twice'], by: 3));
var_dump($pool->enqueue(new Point(4), 5)->x);
var_dump($pool->enqueue('Point::origin')->x);
var_dump($pool->enqueue(Point::origin(...))->x);
$future = $pool->submit(fn () => [1, 'two' => new Point(3)]);
var_dump($future instanceof Async\Future, $future->await()['two']->x, $future->isCompleted(), $future->isCancelled());
var_dump($future->await() === $future->await());
echo $future->map(fn ($v) => count($v))->await(), "\n";
--EXPECT--
int(42)
string(3) "ABC"
int(6)
int(3)
int(12)
int(9)
int(0)
int(0)
bool(true)
int(3)
bool(true)
bool(false)
bool(true)
2
