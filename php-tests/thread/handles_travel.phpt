--TEST--
A Thread handed to another thread is a handle to the same one
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;
use function Async\await;

$worker = new Thread(fn () => ['made' => 'once']);
$waiters = [];
for ($i = 0; $i < 4; $i++) {
    $waiters[] = new Thread(fn (array $jobs) => [$jobs['first']->getId(), await($jobs['first'])], ['first' => $worker]);
}
foreach ($waiters as $waiter) {
    [$id, $result] = await($waiter);
    var_dump($id === $worker->getId(), $result === ['made' => 'once']);
}
$failing = new Thread(fn () => throw new LogicException('shared failure'));
show(fn () => (new Thread(fn () => await($failing)))->join());
$returned = (new Thread(fn () => $worker))->join();
var_dump($returned->getId() === $worker->getId(), $returned->join());
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
Async\RemoteException(0): shared failure, previous Async\RemoteException
bool(true)
array(1) {
  ["made"]=>
  string(4) "once"
}
