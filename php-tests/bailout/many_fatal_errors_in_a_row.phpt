--TEST--
After hundreds of fatal errors threads still work
--FILE--
<?php
use Async\Thread;

$counts = [];
for ($i = 0; $i < 300; $i++) {
    $thread = new Thread(match ($i % 3) {
        0 => function () { ini_set('memory_limit', '4M'); $list = []; while (true) $list[] = new stdClass; },
        1 => function () { error_reporting(E_ALL & ~E_DEPRECATED); trigger_error('mine', E_USER_ERROR); },
        2 => function () { ob_start(); $f = fopen('php://memory', 'w'); eval('class A {} class A {}'); },
    });
    try {
        $thread->join();
    } catch (Async\ThreadFatalError $e) {
        $kind = strtok($e->getMessage(), ' ');
        $counts[$kind] = ($counts[$kind] ?? 0) + 1;
    }
}
echo json_encode($counts), "\n";
echo (new Thread(fn () => 'alive'))->join(), "\n";
--EXPECT--
{"Allowed":100,"mine":100,"Cannot":100}
alive
