--TEST--
async_threads.unobserved=ignore: tasks that fail unseen are not reported
--INI--
async_threads.unobserved=ignore
--FILE--
<?php
$pool = new Async\ThreadPool(1, 10);
$pool->submit(fn () => throw new Exception('forgotten'));
$pool->enqueue(fn () => 'fine');
$kept = $pool->submit(fn () => exit(9));
echo "last line\n";
--EXPECT--
last line
