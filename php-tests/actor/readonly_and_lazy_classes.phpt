--TEST--
Readonly classes cannot extend Async\Actor, by a rule of PHP; lazy objects of actors are refused
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor { public function __construct(private readonly int $n = 4) {} public function n() { return $this->n; } }
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
echo (new A)->n(), "\n";
if (PHP_VERSION_ID >= 80400) {
    $try(fn() => (new ReflectionClass('A'))->newLazyGhost(fn() => null));
    $try(fn() => (new ReflectionClass('A'))->newLazyProxy(fn() => new A));
    $try(fn() => (new ReflectionClass('A'))->resetAsLazyGhost(new A, fn() => null));
} else {
    for ($i = 0; $i < 3; $i++) { echo "Error: Cannot make instance of internal class lazy: A inherits internal class Async\Actor\n"; }
}
eval('readonly class R extends Async\Actor {}');
--EXPECTF--
4
Error: Cannot make instance of internal class lazy: A inherits internal class Async\Actor
Error: Cannot make instance of internal class lazy: A inherits internal class Async\Actor
Error: Cannot make instance of internal class lazy: A inherits internal class Async\Actor

Fatal error: Readonly class R cannot extend non-readonly class Async\Actor in %sreadonly_and_lazy_classes.php(12) : eval()'d code on line 1
