--TEST--
A fatal error of one message tells the callers of every actor of that worker why, those that wait inside and those in mailboxes; exit ends one message alone
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
use Async\{Future, FutureState};
use function Async\{actor_stats, await, await_all, suspend};
class A extends Async\Actor {
    private Future $open;
    public function gate() { $state = new FutureState; $this->open = new Future($state); return $state; }
    public function wait() { return await($this->open); }
    public function hi() { return 'hi'; }
    public function leave() { exit(2); }
    public function die() { ini_set('memory_limit', '8M'); return strlen(str_repeat('x', 100_000_000)); }
}
foreach (['leave', 'die'] as $how) {
    $a = new A; $b = new A;
    $gate = $a->gate();
    $calls = ['waits inside' => $a->waitAsync()];
    while (actor_stats($a)['mailbox'] > 0) suspend();
    $calls += ['in its mailbox' => $a->hiAsync(), 'the one' => $b->{$how . 'Async'}()];
    // Behind the one that dies: it may have died already.
    try { $calls['the next'] = $b->hiAsync(); } catch (Async\ActorException $e) { $calls['the next'] = Future::failed($e); }
    try { await($calls['the one']); } catch (Exception) {}
    $gate->complete('answered');
    [$results, $errors] = await_all($calls);
    ksort($results); ksort($errors);
    echo json_encode($results), "\n";
    foreach ($errors as $i => $error) { echo $i, ': ', get_class($error), ' ', preg_replace(['/#\d+/', '/(\(tried|at \/).*/'], ['#n', ''], $error->getMessage()), "\n"; }
    var_dump(actor_stats($a)['alive'], actor_stats($b)['alive'], (new A)->hi());
}
--EXPECT--
{"in its mailbox":"hi","the next":"hi","waits inside":"answered"}
the one: Async\ThreadExitException The thread called exit(2)
bool(true)
bool(true)
string(2) "hi"
[]
in its mailbox: Async\ActorException A#n is not there any more: its thread died: Allowed memory size of 8388608 bytes exhausted 
the next: Async\ActorException A#n is not there any more: its thread died: Allowed memory size of 8388608 bytes exhausted 
the one: Async\ThreadFatalError Allowed memory size of 8388608 bytes exhausted 
waits inside: Async\ActorException The actor is not there any more: its thread died: Allowed memory size of 8388608 bytes exhausted 
bool(false)
bool(false)
string(2) "hi"
