--TEST--
An exception arrives as RemoteException with the original, its class, code, place and trace
--FILE--
<?php
use Async\Thread;

class NotFound extends DomainException
{
    public function __construct(public readonly string $room)
    {
        parent::__construct("no room $room", 404, new LogicException('deeper', 7, new ErrorException('deepest', 8)));
    }
}

function find(string $room): never
{
    throw new NotFound($room);
}

try {
    (new Thread(fn () => find('blue')))->join();
} catch (Async\RemoteException $e) {
    $remote = $e->getRemoteException();
    var_dump($e->getMessage(), $e->getCode(), $e->getRemoteClass(), $e->getPrevious() === $remote);
    var_dump($remote::class, $remote->room, basename($remote->getFile()), $remote->getLine());
    var_dump($remote->getPrevious()->getMessage(), $remote->getPrevious()->getPrevious()->getMessage());
    echo strtr($e->getRemoteTraceAsString(), [__DIR__ . '/' => '']), "\n";
    echo get_class($remote->getTrace() ? $remote : $e), ' ', $remote->getTrace()[0]['function'], "\n";
    var_dump($e instanceof Async\AsyncException, $e instanceof Exception);
    echo str_contains((string) $e, 'no room blue') && str_contains((string) $e, 'NotFound') ? "readable\n" : $e;
}
--EXPECTF--
string(12) "no room blue"
int(404)
string(8) "NotFound"
bool(true)
string(8) "NotFound"
string(4) "blue"
string(38) "exception_becomes_remote_exception.php"
int(14)
string(6) "deeper"
string(7) "deepest"
#0 exception_becomes_remote_exception.php(18): find('blue')
#1 [internal function]: {closure%S}%S
#2 {main}
NotFound find
bool(true)
bool(true)
readable
