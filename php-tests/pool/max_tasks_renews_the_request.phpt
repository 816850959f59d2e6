--TEST--
maxTasks: a worker starts its request afresh after so many tasks
--FILE--
<?php
class State { public static int $n = 0; }
$pool = new Async\ThreadPool(1, maxTasks: 3);
for ($i = 0; $i < 8; $i++) echo $pool->enqueue(fn () => ++State::$n), ' ';
echo "\n", $pool->stats()['workers'][0]['restarts'], "\n";
$pool = new Async\ThreadPool(1, coroutine: true, maxTasks: 3);
for ($i = 0; $i < 8; $i++) echo $pool->enqueue(fn () => ++State::$n), ' ';
--EXPECT--
1 2 3 1 2 3 1 2 
2
1 2 3 1 2 3 1 2
