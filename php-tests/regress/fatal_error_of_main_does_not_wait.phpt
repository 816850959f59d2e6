--TEST--
A fatal error in main does not wait for a thread that never ends
--FILE--
<?php
require __DIR__ . '/../lifecycle/child.inc';

run_child(<<<'PHP'
register_shutdown_function(function () { echo "shutdown function\n"; });
$thread = new Thread(function () { while (true); });
ini_set('memory_limit', '16M');
str_repeat('x', 100_000_000);
PHP);
--EXPECTF--

Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 7
shutdown function
status 255
