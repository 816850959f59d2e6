--TEST--
async_threads.hooks=0 leaves the standard library alone
--INI--
async_threads.hooks=0
--FILE--
<?php
use function Async\{await_all, spawn};
$order = "";
await_all([spawn(function () use (&$order) { usleep(2000); $order .= "a"; }), spawn(function () use (&$order) { $order .= "b"; })]);
echo $order, "\n";
--EXPECT--
ab
