--TEST--
A recursion that ends for want of memory is reported once, in main as in a thread
--FILE--
<?php
require __DIR__ . '/../lifecycle/child.inc';

run_child(<<<'PHP'
ini_set('memory_limit', '8M');
function recurse($n) { return 1 + recurse($n + 1); }
recurse(0);
PHP);
run_child(<<<'PHP'
ini_set('memory_limit', '8M');
register_shutdown_function(function () { echo "called at the end\n"; });
function recurse($n) { return 1 + recurse($n + 1); }
Async\await(Async\spawn(fn () => recurse(0)));
PHP);
run_child(<<<'PHP'
function recurse($n) { return 1 + recurse($n + 1); }
try {
    (new Thread(function () {
        ini_set('memory_limit', '8M');
        recurse(0);
    }))->join();
} catch (Async\ThreadFatalError $e) {
    echo preg_replace('/ exhausted.*/', '', $e->getMessage()), ' on line ', $e->getLine(), "\n";
}
PHP);
?>
--EXPECTF--

Fatal error: Allowed memory size of 8388608 bytes exhausted%S in child.php on line 5
status 255

Fatal error: Allowed memory size of 8388608 bytes exhausted%S in child.php on line 6
called at the end
status 255
Allowed memory size of 8388608 bytes on line 4
status 0
