--TEST--
cancel() leaves a thread alone that has ended
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$thread = new Thread(fn () => 'done');
$thread->join();
$thread->cancel();
var_dump($thread->join(), $thread->isCancelled());
$failed = new Thread(fn () => throw new Exception('failed before'));
while ($failed->isRunning());
$failed->cancel();
show(fn () => $failed->join());
--EXPECT--
string(4) "done"
bool(false)
Async\RemoteException(0): failed before, previous Exception
