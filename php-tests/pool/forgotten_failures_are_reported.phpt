--TEST--
A task that fails after its future has gone is reported; one that somebody looked at, ignored or cancelled is not
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
$gate = open_gate();
$address = address_of($gate);
$pool = new ThreadPool(1, 10);
$seen = $pool->submit(fn () => throw new Exception('seen'));
try { $seen->await(); } catch (Exception) {}
$pool->submit(fn () => throw new Exception('ignored'))->ignore();
$pool->submit(function () use ($address) { pass($address); throw new Exception('forgotten'); });
$here = await_arrival($gate);
$cancelled = $pool->submit(fn () => throw new Exception('cancelled'));
$cancelled->cancel();
unset($cancelled, $here);
$pool->enqueue(fn () => 'fine');
$pool->submit(fn () => 'the next call reports')->await();
echo "last line\n";
$kept = $pool->submit(fn () => exit(9));
--EXPECTF--
Warning: Task #%d failed and nobody awaited it: uncaught Exception: forgotten in %s on line %d
last line

Warning: Task #%d failed and nobody awaited it: exit(9) in %s on line %d
