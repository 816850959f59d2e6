--TEST--
With inherit: false a thread has only what its task brings along
--FILE--
<?php
require __DIR__ . '/gate.inc';
use function Async\spawn_thread;

function used(): string { return 'used'; }
function by_name(): string { return 'by name'; }
const ELSEWHERE = 5;
$name = 'unmentioned';
eval('function unmentioned() { return 1; }');

show(fn () => spawn_thread(fn () => 6 * 7, inherit: false)->join());
show(fn () => spawn_thread(fn () => function_exists($name), inherit: false)->join());
show(fn () => spawn_thread(fn () => function_exists($name), inherit: true)->join());
show(fn () => spawn_thread(fn () => defined('ELSEWHERE'), inherit: false)->join());
show(fn () => spawn_thread(fn () => absent_function(), inherit: false)->join());
--EXPECT--
42
false
true
false
Async\RemoteException(0): Call to undefined function absent_function(), previous Error
