--TEST--
Awaits that time out or are cancelled leave nothing for the garbage collector
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use function Async\{await, timeout};
$pool = new Async\ThreadPool(1);
$never = new Async\FutureState;
$cases = [
    'a timeout' => fn () => await(timeout(0)),
    'a future' => function () use ($never) { $future = new Async\Future($never); await($future, timeout(0)); },
    'a task' => fn () => await($pool->submit(static function () { while (true); }), timeout(0)),
    'a cancelled task' => function () use ($pool) { $future = $pool->submit(static function () { while (true); }); $future->cancel(); await($future); },
    'a task that exits' => function () use ($pool) { $future = $pool->submit(static fn () => exit(1)); await($future); },
    'a task that throws' => function () use ($pool) { $future = $pool->submit(static fn () => throw new Exception('no')); await($future); },
];
foreach ($cases as $what => $case) {
    gc_collect_cycles();
    for ($i = 0; $i < 20; $i++) {
        try { $case(); } catch (Throwable $e) { $class = $e::class; }
        unset($e);
    }
    printf("%s: %s, %d\n", $what, $class, gc_collect_cycles());
}
--EXPECT--
a timeout: Async\TimeoutException, 0
a future: Async\OperationCanceledException, 0
a task: Async\OperationCanceledException, 0
a cancelled task: Async\AsyncCancellation, 0
a task that exits: Async\ThreadExitException, 0
a task that throws: Exception, 0
