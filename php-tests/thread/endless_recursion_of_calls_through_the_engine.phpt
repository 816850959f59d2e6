--TEST--
Recursion that would overflow the C stack ends the thread with an error
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300) die('skip PHP 8.2 does not watch its stack'); ?>
--FILE--
<?php
use Async\Thread;

function sink(): void
{
    array_map('sink2', [1]);
}
function sink2(): void
{
    sink();
}
try {
    (new Thread(function () { ini_set('memory_limit', -1); sink(); }))->join();
} catch (Async\RemoteException | Async\ThreadFatalError $e) {
    echo $e->getMessage(), "\n";
}
echo (new Thread(fn () => 'alive'))->join(), "\n";
--EXPECTF--
Maximum call stack size of %d bytes%s reached. Infinite recursion?
alive
