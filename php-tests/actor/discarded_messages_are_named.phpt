--TEST--
The report of a message that failed and that nobody awaited names the actor and the method
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function __construct(private $fails = false) {}
    public function fails() { Async\delay(100); throw new DomainException('lost'); }
    public function tells(A $other) { $other->failsAsync(); }
    public function sync() {}
    public function __destruct() { if ($this->fails) throw new LogicException('destroyed'); }
}
$a = new A;
$b = new A;
$a->tells($b);
$b->sync();
Async\spawn_thread(function () use ($a) { $a->failsAsync(); })->join();
$a->sync();
$d = new A(true);
unset($d);
?>
--EXPECTF--
Warning: Message A#2::fails() failed and nobody awaited it: uncaught DomainException: lost in %sdiscarded_messages_are_named.php:4 in %s on line %d

Warning: Message A#1::fails() failed and nobody awaited it: uncaught DomainException: lost in %sdiscarded_messages_are_named.php:4 in %s on line %d

Warning: Message A#3::__destruct() failed and nobody awaited it: uncaught LogicException: destroyed in %sdiscarded_messages_are_named.php:7 in %s on line %d
