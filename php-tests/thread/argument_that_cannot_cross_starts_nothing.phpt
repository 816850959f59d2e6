--TEST--
A closure or an argument that cannot cross throws at once, and no thread runs
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$stream = fopen('php://memory', 'r');
$task = function (...$args) { echo "must not run\n"; };
show(fn () => new Thread($task, 1, $stream));
show(fn () => new Thread($task, name: ['x' => $stream]));
show(fn () => new Thread(function () use ($stream) { echo "must not run\n"; }));
$job = new stdClass;
$job->list = [1, $stream];
show(fn () => new Thread(function () use ($job) { echo "must not run\n"; }));
for ($i = 0; $i < 1000; $i++) {
    try { new Thread($task, $stream); } catch (Async\ThreadTransferException) {}
}
show(fn () => (new Thread(fn () => 'alive'))->join());
--EXPECTF--
Async\ThreadTransferException(0): Cannot transfer $args[1]: a resource (stream) is not transferable
Async\ThreadTransferException(0): Cannot transfer $args['name']['x']: a resource (stream) is not transferable
Async\ThreadTransferException(0): Cannot transfer $stream: a resource (stream) is not transferable
Async\ThreadTransferException(0): Cannot transfer $job->list[1]: a resource (stream) is not transferable
"alive"
