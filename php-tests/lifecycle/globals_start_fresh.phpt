--TEST--
Globals, static variables and static properties start fresh in each thread
--FILE--
<?php
use Async\Thread;

class Counter { public static int $count = 0; }
function counted(): int { static $count = 0; return ++$count; }
$global = 'of main';
Counter::$count = 5;
counted();
for ($i = 0; $i < 3; $i++) {
    echo json_encode((new Thread(fn () => [++Counter::$count, counted(), counted(), isset($GLOBALS['global'])]))->join()), "\n";
}
echo Counter::$count, counted(), "\n";
--EXPECT--
[1,1,2,false]
[1,1,2,false]
[1,1,2,false]
52
