--TEST--
A bootloader runs before the task, in the thread; the names it declares win
--FILE--
<?php
require __DIR__ . '/gate.inc';
use function Async\spawn_thread;

eval('function name(): string { return "of the creator"; }'); // nothing is optimized together with it
function other(): string { return 'inherited'; }

show(fn () => spawn_thread(fn () => [name(), other(), BOOTED, ini_get('precision')], bootloader: function () {
    eval('function name() { return "of the bootloader"; }');
    define('BOOTED', 'yes');
    ini_set('precision', 5);
})->join());
show(fn () => [name(), defined('BOOTED')]);
show(fn () => spawn_thread(fn () => 1, true, null)->join());
--EXPECT--
["of the bootloader","inherited","yes","5"]
["of the creator",false]
1
