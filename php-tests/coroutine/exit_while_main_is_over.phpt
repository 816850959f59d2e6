--TEST--
exit in a coroutine when main code is over: shutdown functions run
--FILE--
<?php
use function Async\{delay, spawn, suspend};
register_shutdown_function(fn () => print("shutdown\n"));
spawn(function () { try { delay(60000); } finally { echo "finally\n"; } });
spawn(function () { suspend(); exit(0); });
echo "end of main\n";
--EXPECT--
end of main
finally
shutdown
