--TEST--
Of an exception that cannot cross there are message, code, class and trace still
--FILE--
<?php
use Async\Thread;

class Holder extends RuntimeException
{
    public $stream;
}

try {
    (new Thread(function () {
        $e = new Holder('has a stream', 12);
        $e->stream = fopen('php://memory', 'r');
        throw $e;
    }))->join();
} catch (Async\RemoteException $e) {
    var_dump($e->getMessage(), $e->getCode(), $e->getRemoteClass(), $e->getRemoteException(), $e->getPrevious());
    echo $e->getRemoteTraceAsString(), "\n";
}
--EXPECTF--
string(12) "has a stream"
int(12)
string(6) "Holder"
NULL
NULL
#0 [internal function]: {closure%S}()
#1 {main}
