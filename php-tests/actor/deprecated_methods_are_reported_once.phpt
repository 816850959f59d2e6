--TEST--
A deprecated method of an actor is reported where it is called, once, and not in its thread
--EXTENSIONS--
async_threads
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip #[Deprecated] is new in PHP 8.4'); ?>
--FILE--
<?php
class A extends Async\Actor {
    #[Deprecated('old')] public function __construct(private int $n = 0) {}
    #[Deprecated] public function f(int ...$more) { static $calls = 0; return ++$calls + array_sum($more); }
    #[Deprecated] public function values() { yield 1; yield $this->n; }
    #[Deprecated] private function hidden() { return 'hidden'; }
    public function inside() { return $this->hidden(); }
    public function generator() { $g = $this->values(); return [...$g]; }
}
set_error_handler(function ($level, $text, $file, $line) { echo "line $line: $text\n"; return true; });
$a = new A(5);
for ($i = 0; $i < 3; $i++) {
    var_dump($a->f($i));
}
var_dump(Async\await($a->fAsync()));
var_dump($a->f(...)(), call_user_func([$a, 'f']), (new ReflectionMethod($a, 'f'))->invoke($a));
try { $a->values(); } catch (Async\ThreadTransferException $e) { echo get_class($e), "\n"; }
restore_error_handler();
var_dump($a->inside(), $a->generator());
set_error_handler(fn($level, $text) => throw new ErrorException($text));
try { $a->f(); } catch (ErrorException $e) { echo $e->getMessage(), "\n"; }
echo @(new ReflectionMethod($a, 'f'))->isDeprecated() ? "is deprecated\n" : "is not\n";
?>
--EXPECTF--
line 11: Method A::__construct() is deprecated, old
line 13: Method A::f() is deprecated
int(1)
line 13: Method A::f() is deprecated
int(3)
line 13: Method A::f() is deprecated
int(5)
line 15: Method A::fAsync() is deprecated
int(4)
line 16: Method A::f() is deprecated
line 16: Method A::f() is deprecated
line 16: Method A::f() is deprecated
int(5)
int(6)
int(7)
line 17: Method A::values() is deprecated
Async\ThreadTransferException

Deprecated: Method A::hidden() is deprecated in %s on line 7

Deprecated: Method A::values() is deprecated in %s on line 8
string(6) "hidden"
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(5)
}
Method A::f() is deprecated
is deprecated
