--TEST--
Generators are refused with the way to them, as results, arguments and arguments of constructors, and may be used inside
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function __construct(public mixed $given = null) {}
    private function numbers() { yield 1; yield 2; }
    public function itself() { yield 1; }
    public function result() { return $this->numbers(); }
    public function deep() { return ['list' => [(object) ['generator' => $this->numbers()]]]; }
    public function typed(): iterable { return $this->numbers(); }
    public function take(...$given) { return count($given); }
    public function inside() { $fiber = new Fiber(function () { Fiber::suspend('s'); return 'r'; }); $value = $fiber->start(); $fiber->resume(); return [iterator_to_array($this->numbers()), $value, $fiber->getReturn()]; }
}
$generator = fn() => (function () { yield 1; })();
$try = function (callable $f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A;
foreach (['itself', 'result', 'deep', 'typed'] as $method) { $try(fn() => $a->$method()); }
$try(fn() => $a->itselfAsync()->await());
$try(fn() => $a->take($generator()));
$try(fn() => $a->take(1, [2, 'k' => (object) ['p' => $generator()]]));
$try(fn() => $a->take(name: $generator()));
$try(fn() => $a->takeAsync(...[1, $generator()]));
$try(fn() => new A($generator()));
$try(fn() => new A(given: [$generator()]));
$try(fn() => $a->inside());
$try(fn() => $a->take(1, 2));
--EXPECT--
Async\ThreadTransferException: Cannot transfer return value: Generator is not transferable
Async\ThreadTransferException: Cannot transfer return value: Generator is not transferable
Async\ThreadTransferException: Cannot transfer return value['list'][0]->generator: Generator is not transferable
Async\ThreadTransferException: Cannot transfer return value: Generator is not transferable
Async\ThreadTransferException: Cannot transfer return value: Generator is not transferable
Async\ThreadTransferException: Cannot transfer $args[0]: Generator is not transferable
Async\ThreadTransferException: Cannot transfer $args[1]['k']->p: Generator is not transferable
Async\ThreadTransferException: Cannot transfer $args['name']: Generator is not transferable
Async\ThreadTransferException: Cannot transfer $args[1]: Generator is not transferable
Async\ThreadTransferException: Cannot transfer $args[0]: Generator is not transferable
Async\ThreadTransferException: Cannot transfer $args[0][0]: Generator is not transferable
[[1,2],"s","r"]
2
