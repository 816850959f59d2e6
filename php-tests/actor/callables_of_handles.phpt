--TEST--
Every way to make a callable of a handle sends messages
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private int $calls = 0;
    public function twice($x) { $this->calls++; return 2 * $x; }
    public function calls() { return $this->calls; }
    public function __invoke($x) { $this->calls++; return -$x; }
    private function secret() {}
    public static function local($x) { return "local $x"; }
}
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
for ($i = 0; $i < 20; $i++) {
    $r = [
        call_user_func([$a, 'twice'], 1), call_user_func_array([$a, 'twice'], ['x' => 2]), array_map([$a, 'twice'], [3, 4]), ($a->twice(...))(5),
        Closure::fromCallable([$a, 'twice'])(6), [$a, 'twice'](7), array_map($a, [8]), $a(9), ($a->__invoke(...))(10), array_map($a->twice(...), [11]),
        ($a->twiceAsync(...))(12)->await(), call_user_func([$a, 'twiceAsync'], 13)->await(), Closure::fromCallable($a)(14),
    ];
}
echo json_encode($r), "\n";
var_dump($a->calls());
$try(fn() => is_callable([$a, 'twice']));
$try(fn() => is_callable([$a, 'twiceAsync']));
$try(fn() => is_callable([$a, 'secret']));
$try(fn() => is_callable([$a, 'nope']));
$try(fn() => is_callable($a));
$try(fn() => call_user_func([$a, 'secret']));
$try(fn() => call_user_func([$a, 'nope']));
$try(fn() => [$a, 'local'](1));
$try(fn() => $a::local(2));
$try(fn() => A::local(3));
$try(fn() => $a->local(4));
$try(fn() => A::twice(5));
$try(fn() => method_exists($a, 'twice') && method_exists($a, 'secret') && method_exists('A', 'secret'));
$try(function () use ($a) { $list = [3, 1, 2]; usort($list, fn($x, $y) => $a->twice($x) <=> $a->twice($y)); return implode(',', $list); });
--EXPECT--
[2,4,[6,8],10,12,14,[-8],-9,-10,[22],24,26,-14]
int(280)
bool(true)
bool(true)
bool(false)
bool(false)
bool(true)
TypeError: call_user_func(): Argument #1 ($callback) must be a valid callback, cannot access private method A::secret()
TypeError: call_user_func(): Argument #1 ($callback) must be a valid callback, class A does not have a method "nope"
string(7) "local 1"
string(7) "local 2"
string(7) "local 3"
string(7) "local 4"
Error: Non-static method A::twice() cannot be called statically
bool(true)
string(5) "1,2,3"
