--TEST--
A fatal error in main stops tasks that loop, sleep or wait in a coroutine
--FILE--
<?php
require __DIR__ . '/gate.inc';
$gate = open_gate();
$address = address_of($gate);
$pool = new Async\ThreadPool(2, 10);
$pool->submit(function () use ($address) { arrive($address); while (true); });
$pool->submit(function () use ($address) { arrive($address); sleep(60); });
$pool->submit(function () { echo "never\n"; });
$more = new Async\ThreadPool(1, 10, coroutine: true);
$more->submit(function () use ($address) { arrive($address); Async\delay(60_000); });
$a = await_arrival($gate); $b = await_arrival($gate); $c = await_arrival($gate);
ini_set('memory_limit', '32M');
str_repeat('x', 100_000_000);
--EXPECTF--
Fatal error: Allowed memory size of %d bytes exhausted%S(tried to allocate %d bytes) in %s on line %d
