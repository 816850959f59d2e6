--TEST--
A bootloader that throws, exits or dies ends the thread as the task would
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use function Async\spawn_thread;

for ($i = 0; $i < 3; $i++) {
    show(fn () => spawn_thread(fn () => 'must not run', bootloader: fn () => throw new DomainException('not today', 3))->join());
    show(fn () => spawn_thread(fn () => 'must not run', bootloader: fn () => exit(4))->join());
    show(fn () => spawn_thread(fn () => 'must not run', bootloader: function () { ini_set('memory_limit', '2M'); str_repeat('x', 10_000_000); })->join());
    show(fn () => spawn_thread(fn () => 'alive', bootloader: fn () => 'fine')->join());
}
--EXPECTF--
Async\RemoteException(3): not today, previous DomainException
Async\ThreadExitException(4): The thread called exit(4)
Async\ThreadFatalError(0): Allowed memory size of 2097152 bytes exhausted%S
"alive"
Async\RemoteException(3): not today, previous DomainException
Async\ThreadExitException(4): The thread called exit(4)
Async\ThreadFatalError(0): Allowed memory size of 2097152 bytes exhausted%S
"alive"
Async\RemoteException(3): not today, previous DomainException
Async\ThreadExitException(4): The thread called exit(4)
Async\ThreadFatalError(0): Allowed memory size of 2097152 bytes exhausted%S
"alive"
