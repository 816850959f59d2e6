--TEST--
Fatal errors below calls of the engine: in destructors, callbacks, fibers and error handlers
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

function die_of_memory(): void { ini_set('memory_limit', '4M'); str_repeat('x', 100_000_000); }
class Dying { public function __destruct() { die_of_memory(); } }

for ($i = 0; $i < 5; $i++) {
    show(fn () => (new Thread(function () { $dying = new Dying; unset($dying); return 1; }))->join());
    show(fn () => (new Thread(function () { array_map('die_of_memory', [1]); }))->join());
    show(fn () => (new Thread(function () { (new Fiber('die_of_memory'))->start(); }))->join());
    show(fn () => (new Thread(function () { set_error_handler('die_of_memory'); echo $undefined; }))->join());
    show(fn () => (new Thread(function () { $list = [1, 2]; usort($list, 'die_of_memory'); }))->join());
}
show(fn () => (new Thread(fn () => 'alive'))->join());
--EXPECTF--
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
"alive"
