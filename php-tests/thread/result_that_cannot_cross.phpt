--TEST--
A result that cannot cross is a ThreadTransferException that names the path
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

class Job { public $connection; public $list = []; }

show(fn () => (new Thread(fn () => fopen('php://memory', 'r')))->join());
show(fn () => (new Thread(fn () => ['a' => [1, (fn () => yield 1)()]]))->join());
show(fn () => (new Thread(function () { $job = new Job; $job->connection = new Fiber(fn () => 1); return $job; }))->join());
show(fn () => (new Thread(fn () => 'alive'))->join());
--EXPECT--
Async\ThreadTransferException(0): Cannot transfer return value: a resource (stream) is not transferable
Async\ThreadTransferException(0): Cannot transfer return value['a'][1]: Generator is not transferable
Async\ThreadTransferException(0): Cannot transfer return value->connection: Fiber is not transferable
"alive"
