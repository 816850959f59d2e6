--TEST--
Every way a task can end arrives; the worker goes on
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
class Own extends DomainException { public $extra; }
function thrower() { $e = new Own('mine', 7, new LogicException('why')); $e->extra = [1]; throw $e; }
$pool = new ThreadPool(1);
show(fn () => $pool->enqueue('thrower'));
try { $pool->enqueue('thrower'); } catch (Own $e) { var_dump($e->extra, str_contains($e->getTraceAsString(), 'thrower()')); }
show(fn () => $pool->enqueue(fn () => exit(4)));
show(fn () => $pool->enqueue(fn () => exit()));
show(fn () => $pool->enqueue(function () { ini_set('memory_limit', '4M'); return strlen(str_repeat('x', 10_000_000)); }));
show(fn () => $pool->enqueue(function () { $f = function () use (&$f) { return $f() + 1; }; set_error_handler(null); ini_set('memory_limit', '8M'); return $f(); }));
show(fn () => $pool->enqueue(fn () => fopen('php://memory', 'r')));
show(fn () => $pool->enqueue(fn () => throw new class('anonymous') extends Exception {}));
show(fn () => $pool->enqueue(fn (int $x) => $x));
show(fn () => $pool->enqueue('strlen', []));
show(fn () => $pool->enqueue(fn () => 'alive'));
var_dump($pool->getCompletedCount(), array_sum(array_column($pool->stats()['workers'], 'tasks')), count($pool));
--EXPECTF--
Own(7): mine, previous LogicException
array(1) {
  [0]=>
  int(1)
}
bool(true)
Async\ThreadExitException(4): The thread called exit(4)
Async\ThreadExitException(0): The thread called exit(0)
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S(tried to allocate %d bytes)
Async\ThreadFatalError(0): Allowed memory size of 8388608 bytes exhausted %S(tried to allocate %d bytes)
Async\ThreadTransferException(0): Cannot transfer %s
%s(0): anonymous
ArgumentCountError(0): Too few arguments to function {closure%S}(), 0 passed and exactly 1 expected
TypeError(0): strlen(): Argument #1 ($string) must be of type string, array given
"alive"
int(11)
int(11)
int(0)
