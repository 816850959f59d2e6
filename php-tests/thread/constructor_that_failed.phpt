--TEST--
A Thread whose constructor threw answers with an error
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

class Catcher
{
    public static ?Thread $thread = null;
}
// The only way to get at such an object: a handler that finds it in the trace.
$stream = fopen('php://memory', 'r');
try {
    new Thread(fn () => 1, $stream);
} catch (Async\ThreadTransferException $e) {
    echo count($e->getTrace()), " frame\n";
}
show(fn () => (new Thread(fn () => 1))->join());
--EXPECT--
1 frame
1
