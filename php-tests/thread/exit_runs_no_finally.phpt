--TEST--
exit in a thread skips catch and finally blocks, as in main code, but runs destructors and shutdown functions
--FILE--
<?php
use Async\Thread;

class Noisy { public function __destruct() { echo "destructor\n"; } }
$thread = new Thread(function () {
    $noisy = new Noisy;
    register_shutdown_function(function () { echo "shutdown function\n"; });
    try {
        exit(1);
    } catch (Throwable) {
        echo "caught\n";
    } finally {
        echo "finally\n";
    }
});
try {
    $thread->join();
} catch (Async\ThreadExitException $e) {
    echo "status {$e->getStatus()}\n";
}
--EXPECT--
destructor
shutdown function
status 1
