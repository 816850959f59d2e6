--TEST--
A fatal error ends the thread alone; message, file and line arrive as ThreadFatalError
--FILE--
<?php
use Async\Thread;

function fatal(Closure $task): void
{
    try {
        var_dump((new Thread($task))->join());
    } catch (Async\ThreadFatalError $e) {
        echo $e->getMessage(), ' | ', basename($e->getFile()), ':', $e->getLine(), "\n";
    }
}

fatal(function () {
    ini_set('memory_limit', '4M');
    return str_repeat('x', 10_000_000);
});
fatal(function () {
    error_reporting(E_ALL & ~E_DEPRECATED);
    trigger_error('mine', E_USER_ERROR);
});
fatal(fn () => eval('interface I { function f(); } class C implements I {}'));
fatal(function () {
    eval('class Taken {}');
    eval('class Taken {}');
});
fatal(function () {
    $recurse = function () use (&$recurse) { return $recurse() + 1; };
    return $recurse();
});
fatal(fn () => 'alive');
--EXPECTF--
Allowed memory size of 4194304 bytes exhausted%S | fatal_error_gives_thread_fatal_error.php:15
mine | fatal_error_gives_thread_fatal_error.php:19
Class C contains 1 abstract method and must therefore be declared abstract or implement the remaining method%S (I::f) | fatal_error_gives_thread_fatal_error.php(21) : eval()'d code:1
Cannot %s class Taken%S | fatal_error_gives_thread_fatal_error.php(24) : eval()'d code:1
Allowed memory size of %d bytes exhausted%S | fatal_error_gives_thread_fatal_error.php:27
string(5) "alive"
