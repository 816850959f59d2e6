--TEST--
A pool that is cancelled before its workers begin runs no bootloader, also when that would never end
--FILE--
<?php
for ($i = 0; $i < 20; $i++) {
    $pool = new Async\ThreadPool(2, 8, function () { while (true); });
    $future = $pool->submit(fn () => 1);
    $pool->cancel();
    try {
        $future->await();
    } catch (Async\AsyncCancellation) {
    }
    try {
        $pool->submit(fn () => 1);
    } catch (Async\ThreadPoolException $e) {
        $texts[$e->getMessage()] = true;
    }
}
echo implode("\n", array_keys($texts)), "\n";
--EXPECT--
The pool is closed
