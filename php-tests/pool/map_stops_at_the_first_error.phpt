--TEST--
map(): the first error wins and stops the rest; lazy input is read no further than needed
--FILE--
<?php
require __DIR__ . '/gate.inc';
$pool = new Async\ThreadPool(2);
$read = 0;
$endless = (function () use (&$read) { while (true) { $read++; yield $read; } })();
show(fn () => $pool->map($endless, fn ($n) => $n === 5 ? throw new DomainException("item $n") : $n, 1));
var_dump($read < 20);
$read = 0;
$some = (function () use (&$read) { try { while (true) { $read++; yield $read; } } finally { echo "generator ended\n"; } })();
show(fn () => $pool->map($some, fn ($n) => $n === 50 ? exit(3) : $n));
unset($some);
show(fn () => $pool->map((function () { yield 1; throw new LogicException('from the generator'); })(), fn ($n) => $n));
// What ran beside it is stopped.
show(fn () => $pool->map([1, 2], function ($n) { if ($n === 1) throw new DomainException('first'); while (true); }, 1));
while (count($pool)) Async\delay(1);
show(fn () => $pool->map([1, 2], fn ($n) => $n));
--EXPECT--
DomainException(0): item 5
bool(true)
Async\ThreadExitException(3): The thread called exit(3)
generator ended
LogicException(0): from the generator
DomainException(0): first
[1,2]
