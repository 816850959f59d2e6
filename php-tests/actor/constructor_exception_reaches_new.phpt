--TEST--
An exception of the constructor comes out of new
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function __construct(int $x) { if ($x < 0) throw new RangeException("negative: $x"); }
    public function ok() { return 'ok'; }
}
try { new A(-1); } catch (RangeException $e) { echo $e->getMessage(), "\n"; }
try { new A('x'); } catch (TypeError $e) { echo get_class($e), "\n"; }
try { new A(); } catch (ArgumentCountError $e) { echo get_class($e), "\n"; }
echo (new A(1))->ok(), "\n";
$raw = (new ReflectionClass(A::class))->newInstanceWithoutConstructor();
try { $raw->ok(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
--EXPECT--
negative: -1
TypeError
ArgumentCountError
ok
This A has not been started: its constructor has not run
