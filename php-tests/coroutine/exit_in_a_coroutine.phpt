--TEST--
exit in a coroutine ends main code and the other coroutines, whose finally blocks run
--FILE--
<?php
use function Async\{await, delay, spawn, suspend};
register_shutdown_function(fn () => print("shutdown\n"));
spawn(function () { try { delay(60000); } finally { echo "finally\n"; } });
spawn(function () { suspend(); exit(0); });
try { delay(60000); echo "never\n"; } catch (Throwable) { echo "never\n"; } finally { echo ""; }
--EXPECT--
finally
shutdown
