--TEST--
finally() calls back when the thread is awaited, in order, or at once when it has ended
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) { pass($address); return 'result'; });
foreach (['first', 'second'] as $name) {
    $thread->finally(function (Thread $ended) use ($name, $thread) {
        echo "$name ", $ended === $thread ? 'same' : 'other', ' ', $ended->getResult(), "\n";
    });
}
fclose(await_arrival($gate));
$thread->join();
$thread->join();
echo "joined\n";
$thread->finally(function () { echo "at once\n"; });

$failing = new Thread(function () use ($address) { pass($address); throw new Exception('failure'); });
$guest = await_arrival($gate);
$failing->finally(function (Thread $ended) { echo get_class($ended->getException()), "\n"; });
fclose($guest);
show(fn () => $failing->join());

$throwing = new Thread(function () use ($address) { pass($address); return 1; });
$guest = await_arrival($gate);
$throwing->finally(fn () => throw new LogicException('from the callback'));
fclose($guest);
show(fn () => $throwing->join());
show(fn () => $throwing->join());
show(fn () => $throwing->finally(fn () => throw new LogicException('at once')));

$unawaited = new Thread(function () use ($address) { pass($address); return 'unawaited'; });
$guest = await_arrival($gate);
$unawaited->finally(function (Thread $ended) { echo 'at the end: ', $ended->getResult(), "\n"; });
unset($unawaited);
echo "last line\n";
fclose($guest);
--EXPECT--
first same result
second same result
joined
at once
Async\RemoteException
Async\RemoteException(0): failure, previous Exception
LogicException(0): from the callback
1
LogicException(0): at once
last line
at the end: unawaited
