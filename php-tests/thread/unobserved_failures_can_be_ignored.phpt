--TEST--
async_threads.unobserved=ignore reports no failures; ini_set() can switch it
--INI--
async_threads.unobserved=ignore
--FILE--
<?php
use Async\Thread;

$thread = new Thread(fn () => throw new LogicException('ignored'));
while ($thread->isRunning());
$thread = new Thread(fn () => exit(3));
while ($thread->isRunning());
unset($thread);
ini_set('async_threads.unobserved', 'warning');
$thread = new Thread(fn () => exit(4));
while ($thread->isRunning());
unset($thread);
ini_set('async_threads.unobserved', 'ignore');
new Thread(fn () => exit(5));
--EXPECTF--

Warning: Thread #%d failed and nobody awaited it: exit(4) in %s on line %d
