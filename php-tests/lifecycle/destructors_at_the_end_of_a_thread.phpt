--TEST--
Destructors at the end of a thread can start threads, await them and throw
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

// Static closures: others would take $this along, and each copy of it has its destructor.
class Late
{
    public function __construct(private string $what) {}

    public function __destruct()
    {
        switch ($this->what) {
            case 'await':
                echo (new Thread(static fn () => "awaited\n"))->join();
                break;
            case 'start':
                new Thread(static fn () => 'nobody waits');
                break;
            case 'exit':
                exit(9);
            case 'await a failing one':
                try {
                    (new Thread(static fn () => throw new Exception('failing')))->join();
                } catch (Async\RemoteException $e) {
                    echo $e->getMessage(), "\n";
                }
        }
    }
}
foreach (['await', 'start', 'exit', 'await a failing one'] as $what) {
    show(fn () => (new Thread(function () use ($what) { $GLOBALS['late'] = new Late($what); return $what; }))->join());
}
// Local objects are gone before the result is there: what their destructors throw is the thread's failure.
class Thrower { public function __destruct() { throw new LogicException('from a destructor'); } }
show(fn () => (new Thread(function () { $thrower = new Thrower; return 1; }))->join());
show(fn () => (new Thread(fn () => 'alive'))->join());
--EXPECT--
awaited
"await"
"start"
"exit"
failing
"await a failing one"
Async\RemoteException(0): from a destructor, previous LogicException
"alive"
