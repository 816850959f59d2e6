--TEST--
While one actor waits, others of its worker go on; its own next message waits
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
class Gate extends Async\Actor {
    private array $log = [];
    public function __construct(private ?Async\Future $future = null) {}
    public function through(Log $log) { $log->add('in'); Async\delay(20); $log->add('out'); }
    public function next(Log $log) { $log->add('next'); }
}
class Log extends Async\Actor {
    private array $lines = [];
    public function add(string $line) { $this->lines[] = $line; }
    public function lines() { return $this->lines; }
}
$log = new Log;
$gate = new Gate;
$f = [$gate->throughAsync($log), $gate->nextAsync($log)];
Async\await_all_or_fail($f);
echo implode(' ', $log->lines()), "\n";
--EXPECT--
in out next
