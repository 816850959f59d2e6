--TEST--
More coroutines suspended at once, in all threads, than the kernel has mappings for: the next one ends with an exception, the others go on
--INI--
memory_limit=-1
--FILE--
<?php
use Async\{Future, FutureState, Thread};
use function Async\{await, await_all, spawn, suspend};

function fill(int $n, Future $future): array
{
    $coroutines = [];
    for ($i = 0; $i < $n; $i++) $coroutines[] = spawn(fn () => await($future));
    suspend();
    return $coroutines;
}
$state = new FutureState;
$here = fill(20000, new Future($state));
echo count(array_filter($here, fn ($coroutine) => $coroutine->isSuspended())), " here\n";
echo await(new Thread(function () {
    $state = new FutureState;
    $there = fill(15000, new Future($state));
    $suspended = array_filter($there, fn ($coroutine) => $coroutine->isSuspended());
    $ended = array_values(array_filter($there, fn ($coroutine) => $coroutine->isCompleted()));
    $error = $ended[0]->getException();
    $state->complete(1);
    [$results, $errors] = await_all($there);
    return sprintf("%d there, %d %s: %s\nof those %d ended well, %d did not\n", count($suspended), count($ended), get_class($error), $error->getMessage(),
        count($results), count($errors));
}));
$state->complete(1);
echo array_sum(await_all($here)[0]), "\n";

// They are free again.
$state = new FutureState;
$here = fill(25000, new Future($state));
$state->complete(1);
echo array_sum(await_all($here)[0]), "\n";
--EXPECT--
20000 here
10000 there, 5000 Async\AsyncException: Cannot start another coroutine: 30000 are suspended already, and each needs a stack of its own
of those 10000 ended well, 5000 did not
20000
25000
