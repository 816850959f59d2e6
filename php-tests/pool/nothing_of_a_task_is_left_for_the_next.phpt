--TEST--
Between tasks output is flushed, the last error, exit status and time limit forgotten; globals and statics stay
--FILE--
<?php
require __DIR__ . '/gate.inc';
$pool = new Async\ThreadPool(1);
$pool->enqueue(function () { ob_start(); echo "buffered\n"; });
echo "after\n";
$pool->enqueue(fn () => @hex2bin('x'));
show(fn () => $pool->enqueue(fn () => error_get_last()));
show(fn () => $pool->enqueue(fn () => exit(5)));
show(fn () => $pool->enqueue(fn () => exit('')));
show(fn () => $pool->enqueue(function () { set_time_limit(1); return 'limited'; }));
show(fn () => $pool->enqueue(function () { $end = hrtime(true) + 1_500_000_000; while (hrtime(true) < $end); return 'not limited'; }));
$pool->enqueue(function () { $GLOBALS['kept'] = 'kept'; });
show(fn () => $pool->enqueue(fn () => $GLOBALS['kept']));
--EXPECT--
buffered
after
null
Async\ThreadExitException(5): The thread called exit(5)
Async\ThreadExitException(0): The thread called exit(0)
"limited"
"not limited"
"kept"
