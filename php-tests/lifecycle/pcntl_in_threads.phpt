--TEST--
pcntl_signal() and pcntl_fork() in a thread, and pcntl_fork() with threads running, are refused with a reason
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

show(fn () => (new Thread(fn () => pcntl_signal(SIGUSR1, fn () => 1)))->join());
show(fn () => (new Thread(fn () => pcntl_fork()))->join());
$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) { pass($address); });
$guest = await_arrival($gate);
show(fn () => pcntl_fork());
fclose($guest);
show(fn () => $thread->join());
--EXPECTF--
Async\RemoteException(0): pcntl_signal() cannot be used in a thread%S, previous Error
Async\RemoteException(0): pcntl_fork() cannot be used in a thread%S, previous Error
Error(0): pcntl_fork() cannot be used while threads run (%d now)%S
null
