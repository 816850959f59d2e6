--TEST--
Methods and functions check their arguments as the engine does
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;
use function Async\{await, spawn_thread};

show(fn () => new Thread());
show(fn () => new Thread('strlen'));
show(fn () => new Thread(task: 5));
$thread = new Thread(fn () => 1);
show(fn () => $thread->join(1));
show(fn () => $thread->getResult(1));
show(fn () => $thread->cancel('x'));
show(fn () => $thread->cancel(new Exception));
show(fn () => $thread->finally());
show(fn () => $thread->finally('strlen'));
show(fn () => await(5));
show(fn () => await());
show(fn () => await($thread, 5));
show(fn () => spawn_thread('strlen'));
show(fn () => spawn_thread(fn () => 1, bootloader: 'x'));
show(fn () => spawn_thread(fn () => 1, nope: 1));
--EXPECTF--
ArgumentCountError(0): Async\Thread::__construct() expects at least 1 argument, 0 given
TypeError(0): Async\Thread::__construct(): Argument #1 ($task) must be of type Closure, string given
TypeError(0): Async\Thread::__construct(): Argument #1 ($task) must be of type Closure, int given
ArgumentCountError(0): Async\Thread::join() expects exactly 0 arguments, 1 given
ArgumentCountError(0): Async\Thread::getResult() expects exactly 0 arguments, 1 given
TypeError(0): Async\Thread::cancel(): Argument #1 ($cancellation) must be of type ?Async\AsyncCancellation, string given
TypeError(0): Async\Thread::cancel(): Argument #1 ($cancellation) must be of type ?Async\AsyncCancellation, Exception given
ArgumentCountError(0): Async\Thread::finally() expects exactly 1 argument, 0 given
TypeError(0): Async\Thread::finally(): Argument #1 ($callback) must be of type Closure, string given
TypeError(0): Async\await(): Argument #1 ($awaitable) must be of type Async\Completable, int given
ArgumentCountError(0): Async\await() expects at least 1 argument, 0 given
TypeError(0): Async\await(): Argument #2 ($cancellation) must be of type ?Async\Completable, int given
TypeError(0): Async\spawn_thread(): Argument #1 ($task) must be of type Closure, string given
TypeError(0): Async\spawn_thread(): Argument #3 ($bootloader) must be of type %SClosure, string given
Error(0): Unknown named parameter $nope
