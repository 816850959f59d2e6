--TEST--
A pool's tasks that had got a coroutine but not begun go back into the queue when their worker dies
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await_all, delay};
$pool = new Async\ThreadPool(1, 100, coroutine: true, concurrency: 10);
// While the first holds the worker up the others are queued; then they get their coroutines all at once, and each dies as soon as it begins.
$tasks = [$pool->submit(function () { usleep(50_000); delay(1); })];
for ($i = 0; $i < 8; $i++) {
    $tasks[] = $pool->submit(function () { eval('class Twice {} class Twice {}'); });
}
[$results, $errors] = await_all($tasks);
unset($errors[0]);
foreach ($errors as $error) {
    echo get_class($error), ': ', substr($error->getMessage(), 0, 29), "\n";
}
echo $pool->enqueue(fn () => 'and goes on'), "\n";
--EXPECTF--
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
Async\ThreadFatalError: Cannot %Sdeclare class Twice%S
and goes on
