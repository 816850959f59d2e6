--TEST--
What destructors of a thrown exception's arguments throw does not take its place
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use Async\Thread;
class Throws {
    static bool $quiet = false;
    function __construct(public string $name) {}
    function __destruct() { self::$quiet or throw new LogicException("destructor of $this->name"); }
}
Throws::$quiet = true; // the copies here; not in the thread
function fails(Throws ...$given) { throw new DomainException('first'); }
$task = function () { fails(new Throws('a'), new Throws('b')); };
try {
    (new Thread($task))->join();
} catch (Async\RemoteException $e) {
    for ($e = $e->getRemoteException(); $e; $e = $e->getPrevious()) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
--EXPECT--
DomainException: first
