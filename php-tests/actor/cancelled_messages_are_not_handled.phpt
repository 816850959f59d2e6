--TEST--
A message that is cancelled while it waits is never handled, one under way is interrupted, and a cancelled sender sends nothing
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{AsyncCancellation, Future, FutureState, Mailbox};
use function Async\{actor_stats, await, await_all, spawn, suspend};
class A extends Async\Actor {
    private Future $open;
    private array $log = [];
    public function gate() { $state = new FutureState; $this->open = new Future($state); return $state; }
    public function wait() { try { return await($this->open); } finally { $this->log[] = 'wait ends'; } }
    public function note(string $what) { $this->log[] = $what; return $what; }
    public function log() { return $this->log; }
}
#[Mailbox(capacity: 1)] class Small extends A {}
function begin(A $a): Future { $call = $a->waitAsync(); while (actor_stats($a)['mailbox'] > 0) suspend(); return $call; }

$a = new A;
$gate = $a->gate();
$under = begin($a);
$queued = $a->noteAsync('cancelled'); $kept = $a->noteAsync('kept');
$queued->cancel();
$gate->complete('open');
[$results, $errors] = await_all([$under, $queued, $kept]);
echo json_encode($results), json_encode(array_map(get_class(...), $errors)), json_encode($a->log()), "\n";

$a = new A;
$gate = $a->gate();
// Who waits for an answer and is cancelled cancels the message.
$caller = spawn(fn() => $a->wait());
suspend();
while (actor_stats($a)['mailbox'] > 0) suspend();
$caller->cancel();
try { await($caller); } catch (AsyncCancellation $e) { echo get_class($e), json_encode($a->log()), "\n"; }
$gate->complete('too late');

$a = new Small;
$gate = $a->gate();
$under = begin($a);
$senders = [];
foreach (['first', 'second', 'third'] as $what) { $senders[$what] = spawn(fn() => $a->note($what)); }
while (actor_stats($a)['mailbox'] < 1) suspend();
suspend();
$senders['second']->cancel();
suspend();
$gate->complete('open');
[$results, $errors] = await_all($senders);
ksort($results);
echo json_encode($results), json_encode(array_map(get_class(...), $errors)), json_encode($a->log()), "\n";
--EXPECT--
{"0":"open","2":"kept"}{"1":"Async\\AsyncCancellation"}["wait ends","kept"]
Async\AsyncCancellation["wait ends"]
{"first":"first","third":"third"}{"second":"Async\\AsyncCancellation"}["wait ends","first","third"]
