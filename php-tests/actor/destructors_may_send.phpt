--TEST--
An actor's destructor may ask, tell, wait, spawn and make actors; one it gives itself to gets a handle of an actor that has gone
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip the engine refuses switches in destructors'); ?>
--FILE--
<?php
use function Async\{actor_stats, delay, spawn};
class Log extends Async\Actor {
    private array $lines = [];
    public function add($x) { $this->lines[] = $x; return count($this->lines); }
    public function take() { $lines = $this->lines; $this->lines = []; return $lines; }
}
class D extends Async\Actor {
    public function __construct(private Log $log, private string $how) {}
    public function __destruct() {
        $log = $this->log;
        switch ($this->how) {
            case 'ask': $log->add('asked ' . $log->add('ask')); break;
            case 'tell': $log->addAsync('tell')->ignore(); break;
            case 'wait': delay(1); $log->add('waited'); break;
            case 'spawn': spawn(fn() => $log->add("spawned: $this->how")); break;
            case 'new': new D($log, 'tell'); break;
            case 'itself': $log->add($this); break;
        }
    }
}
$log = new Log;
foreach (['ask', 'tell', 'wait', 'spawn', 'new', 'itself'] as $how) {
    new D($log, $how);
    do { $lines = $log->take(); } while (!$lines);
    if ($how === 'ask' && count($lines) < 2) { do { $more = $log->take(); } while (!$more); $lines = ['ask', 'asked 1']; }
    foreach ($lines as $line) {
        if ($line instanceof D) {
            while (actor_stats($line)['alive']);
            try { $line->hi(); } catch (Error) { echo 'no such method, '; }
            try { $line->__destruct(); } catch (Async\ActorException $e) { echo preg_replace('/#\d+/', '#n', $e->getMessage()), "\n"; }
        } else {
            echo $line, "\n";
        }
    }
}
--EXPECT--
ask
asked 1
tell
waited
spawned: spawn
tell
no such method, D#n is not there any more: its last handle has gone
