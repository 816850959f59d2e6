--TEST--
A fatal error in a coroutine ends the script; shutdown functions run
--FILE--
<?php
use function Async\{await, delay, spawn, suspend};
register_shutdown_function(function () { echo "shutdown: ", error_get_last()["message"], "\n"; });
spawn(function () { try { delay(60000); } finally { echo "never\n"; } });
$c = spawn(function () { suspend(); (function () { trigger_error("died", E_USER_ERROR); })(); });
await($c);
--EXPECTF--
%AFatal error: died in %s on line %d
shutdown: died
