--TEST--
actor_stop() with a message under way, others in the mailbox and senders that wait for room: the one under way is answered, the others fail; an actor may stop itself
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Future, FutureState, Mailbox};
use function Async\{actor_stats, actor_stop, await, await_all, spawn, suspend};
#[Mailbox(capacity: 2)]
class A extends Async\Actor {
    private Future $open;
    public function gate() { $state = new FutureState; $this->open = new Future($state); return $state; }
    public function wait() { return await($this->open); }
    public function hi() { return 'hi'; }
    public function stop() { actor_stop($this); return 'stopped'; }
}
$a = new A;
$gate = $a->gate();
$calls = ['under way' => $a->waitAsync()];
while (actor_stats($a)['mailbox'] > 0) { suspend(); }
for ($i = 0; $i < 4; $i++) { $calls[$i] = spawn(fn() => $a->hi()); }
while (actor_stats($a)['mailbox'] < 2) { suspend(); }
suspend();
actor_stop($a);
actor_stop($a);
$gate->complete('answered');
[$results, $errors] = await_all($calls);
ksort($errors);
echo json_encode($results), "\n";
foreach ($errors as $i => $error) { echo $i, ' ', get_class($error), ': ', preg_replace('/#\d+/', '#n', $error->getMessage()), "\n"; }
$b = new A;
echo $b->stop(), ' ';
try { $b->hi(); } catch (Async\ActorException $e) { echo preg_replace('/#\d+/', '#n', $e->getMessage()), "\n"; }
--EXPECT--
{"under way":"answered"}
0 Async\ActorException: A#n is not there any more: it was stopped
1 Async\ActorException: A#n is not there any more: it was stopped
2 Async\ActorException: A#n is not there any more: it was stopped
3 Async\ActorException: A#n is not there any more: it was stopped
stopped A#n is not there any more: it was stopped
