--TEST--
A fatal error in a coroutine that outlives main stops threads and pools, as one of main does
--FILE--
<?php
register_shutdown_function(function () { echo "shutdown\n"; });
$endless = function () { while (true) usleep(100); };
$thread = new Async\Thread($endless);
$thread->finally(function () { echo "never\n"; });
$pool = new Async\ThreadPool(1);
$pool->submit($endless);
$pool->submit($endless);
Async\spawn(function () { Async\delay(1); (function () { trigger_error('died', E_USER_ERROR); })(); });
--EXPECTF--
%AFatal error: died in %s on line %d
shutdown
