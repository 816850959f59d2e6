--TEST--
Cancelling a future: queued, running, caught, finished; with an exception of one's own
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
class Enough extends Async\AsyncCancellation {}
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(1, 8);
$running = $pool->submit(function () use ($address) { try { arrive($address); while (true); } finally { echo "finally\n"; } });
$queued = $pool->submit(function () { echo "never\n"; });
$other = $pool->submit(fn () => 'other');
$here = await_arrival($gate);
$queued->cancel(new Enough('enough'));
var_dump($queued->isCompleted(), $queued->isCancelled(), $pool->getPendingCount(), $pool->getCompletedCount());
show(fn () => $queued->await());
$running->cancel(new Enough('stop'));
show(fn () => $running->await());
show(fn () => $other->await());
$other->cancel();
var_dump($other->isCancelled(), $other->await());

$catcher = $pool->submit(function () use ($address) { try { arrive($address); while (true); } catch (Async\AsyncCancellation) { return 'tidied up'; } });
$here = await_arrival($gate);
$catcher->cancel();
show(fn () => $catcher->await());
// Nothing of the cancellations reaches the next task.
show(fn () => $pool->enqueue(function () { for ($i = 0; $i < 100_000; $i++); return 'next'; }));
var_dump($pool->stats()['workers'][0]['restarts']);
--EXPECT--
bool(true)
bool(true)
int(1)
int(1)
Enough(0): enough
finally
Enough(0): stop
"other"
bool(false)
string(5) "other"
"tidied up"
"next"
int(0)
