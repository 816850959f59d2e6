--TEST--
exit() in main waits for threads as the last line does, and keeps its status
--FILE--
<?php
require __DIR__ . '/child.inc';

run_child(<<<'PHP'
new Thread(function () { usleep(100_000); echo "slept\n"; });
exit(3);
PHP);
run_child(<<<'PHP'
new Thread(function () { usleep(500_000); echo "slept\n"; });
function f() { throw new Exception('uncaught in main'); }
f();
PHP);
--EXPECTF--
slept
status 3
%AUncaught Exception: uncaught in main in child.php:%a
slept
status 255
