--TEST--
Threads start threads, ten deep, and an exception comes all the way up
--FILE--
<?php
use Async\Thread;

function down(int $depth): string
{
    return $depth === 0 ? '.' : $depth . (new Thread(fn () => down($depth - 1)))->join();
}
echo down(10), "\n";

function fail(int $depth): void
{
    if ($depth === 0) {
        throw new LengthException('bottom', 9);
    }
    (new Thread(fn () => fail($depth - 1)))->join();
}
try {
    fail(10);
} catch (LogicException | Async\RemoteException $e) {
    for ($depth = 0; $e instanceof Async\RemoteException; $depth++) {
        $last = $e;
        $e = $e->getRemoteException();
    }
    echo $depth, ' ', get_class($e), ' ', $e->getMessage(), ' ', $e->getCode(), ' ', $last->getRemoteClass(), "\n";
}
--EXPECT--
10987654321.
10 LengthException bottom 9 LengthException
