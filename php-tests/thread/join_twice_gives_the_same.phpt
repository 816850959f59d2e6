--TEST--
A thread can be joined again and again: the same result, the same exception
--FILE--
<?php
use Async\Thread;

$thread = new Thread(fn () => new ArrayObject2);
class ArrayObject2 {}
var_dump($thread->join() === $thread->join(), $thread->getResult() === $thread->join());

$failed = new Thread(fn () => throw new Exception('once'));
$seen = [];
for ($i = 0; $i < 2; $i++) {
    try {
        $failed->join();
    } catch (Async\RemoteException $e) {
        $seen[] = $e;
    }
}
var_dump($seen[0] === $seen[1], $failed->getException() === $seen[0]);
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
