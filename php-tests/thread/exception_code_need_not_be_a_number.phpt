--TEST--
The code of an exception can be a string, as PDO's are
--FILE--
<?php
use Async\Thread;

class Odd extends Exception
{
    protected $code = 'HY000';
}
try {
    (new Thread(fn () => throw new Odd('odd')))->join();
} catch (Async\RemoteException $e) {
    var_dump($e->getCode(), $e->getRemoteException()->getCode());
}
--EXPECTF--
int(0)
string(5) "HY000"
