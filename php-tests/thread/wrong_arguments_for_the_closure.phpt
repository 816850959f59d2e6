--TEST--
Arguments that do not fit the closure are its failure, with the engine's message
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

show(fn () => (new Thread(fn (int $a) => $a, 'text'))->join());
show(fn () => (new Thread(fn ($a) => $a))->join());
show(fn () => (new Thread(fn ($a) => $a, b: 1))->join());
show(fn () => (new Thread(fn (): int => 'text'))->join());
--EXPECTF--
Async\RemoteException(0): {closure%S}(): Argument #1 ($a) must be of type int, string given, previous TypeError
Async\RemoteException(%d): Too few arguments to function {closure%S}(), 0 passed and exactly 1 expected, previous ArgumentCountError
Async\RemoteException(0): Unknown named parameter $b, previous Error
Async\RemoteException(0): {closure%S}(): Return value must be of type int, string returned, previous TypeError
