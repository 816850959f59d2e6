--TEST--
A Thread cannot be extended, cloned, serialised or made without its constructor
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$thread = new Thread(fn () => 5);
show(fn () => clone $thread);
show(fn () => serialize($thread));
show(fn () => unserialize('O:12:"Async\Thread":0:{}'));
show(fn () => $thread->__construct(fn () => 6));
show(fn () => (new ReflectionClass(Thread::class))->newInstanceWithoutConstructor());
show(fn () => $thread->property = 1);
show(fn () => (new ReflectionClass(Thread::class))->isFinal());
show(fn () => $thread->join());
$twice = (new ReflectionClass(Thread::class))->newInstance(fn () => 7);
show(fn () => $twice->join());
--EXPECT--
Error(0): Trying to clone an uncloneable object of class Async\Thread
Exception(0): Serialization of 'Async\Thread' is not allowed
Exception(0): Unserialization of 'Async\Thread' is not allowed
Error(0): The Thread has been constructed already
ReflectionException(0): Class Async\Thread is an internal class marked as final that cannot be instantiated without invoking its constructor
Error(0): Cannot create dynamic property Async\Thread::$property
true
5
7
