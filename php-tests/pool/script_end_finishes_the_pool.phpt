--TEST--
At the end of the script queued tasks are done, then the workers end
--FILE--
<?php
$pool = new Async\ThreadPool(1, 10);
for ($i = 0; $i < 3; $i++) $pool->submit(function () use ($i, $pool) { echo "task $i\n"; if ($i === 2) $pool->submit(function () { echo "nested\n"; }); });
register_shutdown_function(function () { echo "shutdown\n"; });
--EXPECT--
task 0
task 1
task 2
nested
shutdown
