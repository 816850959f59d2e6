--TEST--
isRunning, isCompleted, isCancelled, getResult, getException and getId tell the state without waiting
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

function state(Thread $thread): void
{
    $exception = $thread->getException();
    printf("running %d, completed %d, cancelled %d, result %s, exception %s\n", $thread->isRunning(), $thread->isCompleted(),
        $thread->isCancelled(), json_encode($thread->getResult()), $exception ? get_class($exception) : '-');
}

$gate = open_gate();
$address = address_of($gate);
$returning = new Thread(function () use ($address) { pass($address); return 'fine'; });
$guest = await_arrival($gate);
state($returning);
fclose($guest);
$returning->join();
state($returning);

$throwing = new Thread(fn () => throw new Exception);
try { $throwing->join(); } catch (Exception) {}
state($throwing);

$cancelled = new Thread(function () use ($address) { arrive($address); while (true); });
await_arrival($gate);
$cancelled->cancel();
try { $cancelled->join(); } catch (Async\AsyncCancellation) {}
state($cancelled);

$ids = [$returning->getId(), $throwing->getId(), $cancelled->getId()];
var_dump($ids === array_unique($ids), min($ids) > 0, $returning->getId() === $ids[0]);
--EXPECT--
running 1, completed 0, cancelled 0, result null, exception -
running 0, completed 1, cancelled 0, result "fine", exception -
running 0, completed 1, cancelled 0, result null, exception Async\RemoteException
running 0, completed 1, cancelled 1, result null, exception Async\AsyncCancellation
bool(true)
bool(true)
bool(true)
