--TEST--
A bootloader that fails in any way fails what is queued and what is submitted, with the reason
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$gate = open_gate();
$address = address_of($gate);
foreach ([
    fn () => throw new LogicException('no configuration'),
    fn () => exit(0),
    fn () => exit(3),
    function () { ini_set('memory_limit', '4M'); str_repeat('x', 10_000_000); },
] as $bootloader) {
    $pool = new ThreadPool(1, 8, function () use ($bootloader, $address) { pass($address); $bootloader(); });
    $queued = [$pool->submit(fn () => 1), $pool->submit(fn () => 2)];
    $here = await_arrival($gate);
    unset($here);
    foreach ($queued as $future) show(fn () => $future->await());
    show(fn () => $pool->submit(fn () => 3));
    show(fn () => $pool->map([1], fn () => 3));
    var_dump($pool->getCompletedCount(), count($pool));
}
--EXPECTF--
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no configuration in %s
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no configuration in %s
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no configuration in %s
Async\ThreadPoolException(0): The bootloader of the pool failed: uncaught LogicException: no configuration in %s
int(2)
int(0)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(0)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(0)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(0)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(0)
int(2)
int(0)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(3)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(3)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(3)
Async\ThreadPoolException(0): The bootloader of the pool failed: exit(3)
int(2)
int(0)
Async\ThreadPoolException(0): The bootloader of the pool failed: Allowed memory size of %s
Async\ThreadPoolException(0): The bootloader of the pool failed: Allowed memory size of %s
Async\ThreadPoolException(0): The bootloader of the pool failed: Allowed memory size of %s
Async\ThreadPoolException(0): The bootloader of the pool failed: Allowed memory size of %s
int(2)
int(0)
