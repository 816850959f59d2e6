--TEST--
exit in an include, a fiber, a destructor, an error handler or a generator ends the thread
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$file = __DIR__ . '/exit_anywhere_in_a_thread.inc.php';
file_put_contents($file, '<?php exit(1);');
class Last { public function __destruct() { exit(3); } }
function generator() { yield 1; exit(5); }

show(fn () => (new Thread(fn () => include $file))->join());
show(fn () => (new Thread(function () { (new Fiber(fn () => exit(2)))->start(); return 'went on'; }))->join());
show(fn () => (new Thread(function () { $last = new Last; unset($last); return 'went on'; }))->join());
show(fn () => (new Thread(function () { set_error_handler(fn () => exit(4)); echo $undefined; return 'went on'; }))->join());
show(fn () => (new Thread(function () { foreach (generator() as $_); return 'went on'; }))->join());
show(fn () => (new Thread(fn () => 'alive'))->join());
unlink($file);
--EXPECT--
Async\ThreadExitException(1): The thread called exit(1)
Async\ThreadExitException(2): The thread called exit(2)
Async\ThreadExitException(3): The thread called exit(3)
Async\ThreadExitException(4): The thread called exit(4)
Async\ThreadExitException(5): The thread called exit(5)
"alive"
