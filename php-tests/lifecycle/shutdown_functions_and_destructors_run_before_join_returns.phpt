--TEST--
A thread's shutdown functions, destructors and output are done when join() returns
--FILE--
<?php
use Async\Thread;

class Noisy
{
    public function __construct(private string $name) {}
    public function __destruct() { echo "destructor of {$this->name}\n"; }
}
(new Thread(function () {
    $local = new Noisy('a local variable');
    $GLOBALS['global'] = new Noisy('a global variable');
    register_shutdown_function(function (string $argument) { echo "shutdown function, $argument\n"; }, 'argument');
    ob_start();
    echo "buffered\n";
}))->join();
echo "joined\n";
--EXPECT--
buffered
destructor of a local variable
shutdown function, argument
destructor of a global variable
joined
