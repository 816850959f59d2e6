--TEST--
The error of a message nobody waits for is reported
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function fails() { throw new DomainException('lost'); }
    public function sync() {}
}
$a = new A;
$a->failsAsync();
$a->sync();
unset($a);
echo "end\n";
--EXPECTF--
%ADomainException: lost%A
