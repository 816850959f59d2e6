--TEST--
Arguments beyond a method's parameters travel; what is missing is the method's to say, in debug builds of PHP, too
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function f($x = 0) { return func_get_args(); }
    public function needs($x) { return $x; }
    public function inside() { return $this->f(...)(1, 2, 3); }
    public function onAnother(A $other) { return $other->f(1, 2); }
    public function bound(Closure $c) { return Closure::bind($c, $this)(1, 2, 3, 4); }
}
$a = new A;
echo json_encode($a->f(1, 2, 3)), json_encode(Async\await($a->fAsync(1, 2))), json_encode($a->f(...)(1, 2, 3)), "\n";
echo json_encode(call_user_func([$a, 'f'], 1, 2)), json_encode(array_map([$a, 'f'], [1], [2])), json_encode(call_user_func_array([$a, 'f'], [1, 2])), "\n";
echo json_encode((new ReflectionMethod($a, 'f'))->invoke($a, 4, 5)), json_encode((new ReflectionMethod($a, 'f'))->invokeArgs($a, [4, 5])), "\n";
echo json_encode($a->inside()), json_encode($a->onAnother(new A)), json_encode($a->bound($a->f(...))), "\n";
for ($i = $sum = 0; $i < 200; $i++) {
    $sum += count($a->f($i, $i, $i));
}
echo $sum, "\n";
foreach ([fn() => $a->needs(), fn() => Async\await($a->needsAsync()), fn() => $a->f(1, 2, y: 3)] as $f) {
    try { var_dump($f()); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
?>
--EXPECT--
[1,2,3][1,2][1,2,3]
[1,2][[1,2]][1,2]
[4,5][4,5]
[1,2,3][1,2][1,2,3,4]
600
ArgumentCountError: Too few arguments to function A::needs(), 0 passed and exactly 1 expected
ArgumentCountError: Too few arguments to function A::needs(), 0 passed and exactly 1 expected
Error: Unknown named parameter $y
