--TEST--
The thread can see its cancellation, catch (Exception) does not, and what it gives to others is the canceller's
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\{AsyncCancellation, Thread};

class OutOfTime extends AsyncCancellation
{
    public function __construct(public readonly string $why)
    {
        parent::__construct('out of time', 11);
    }
}
$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) {
    try {
        arrive($address);
        while (true);
    } catch (Exception) {
        echo "must not be caught as an Exception\n";
    } catch (Cancellation $e) {
        echo get_class($e), ' ', $e->why, ' ', $e->getMessage(), ' ', $e->getCode(), "\n";
        throw $e;
    }
});
await_arrival($gate);
$thread->cancel(new OutOfTime('lunch'));
try {
    $thread->join();
} catch (OutOfTime $e) {
    echo 'joined: ', $e->why, ' ', $e->getMessage(), "\n";
}
--EXPECT--
OutOfTime lunch out of time 11
joined: lunch out of time
