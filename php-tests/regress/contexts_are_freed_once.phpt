--TEST--
The context of a coroutine that dies of a fatal error is freed once (the C library's allocator would notice a second time)
--EXTENSIONS--
async_threads
--ENV--
USE_ZEND_ALLOC=0
--FILE--
<?php
use function Async\{delay, spawn};
for ($i = 0; $i < 3; $i++) {
    $thread = new Async\Thread(function () {
        spawn(fn () => delay(60_000));
        spawn(fn () => eval('class Twice {} class Twice {}'));
        delay(60_000);
    });
    try {
        $thread->join();
    } catch (Async\ThreadFatalError $error) {
        echo substr($error->getMessage(), 0, 28), "\n";
    }
}
--EXPECTF--
Cannot %Sdeclare class Twice%S
Cannot %Sdeclare class Twice%S
Cannot %Sdeclare class Twice%S
