--TEST--
As many tasks as there are workers, submitted at once, run at once
--FILE--
<?php
require __DIR__ . '/gate.inc';
$gate = open_gate();
$address = address_of($gate);
$pool = new Async\ThreadPool(4, 16);
for ($round = 0; $round < 100; $round++) {
    // One worker has just become free, and looks out for more.
    $pool->enqueue(static fn () => 1);
    $futures = [];
    for ($i = 0; $i < 4; $i++) {
        $futures[] = $pool->submit('pass', $address);
    }
    // None is let go before all have come.
    $here = [];
    for ($i = 0; $i < 4; $i++) {
        $here[] = await_arrival($gate) ?: die("round $round: $i have come");
    }
    unset($here);
    foreach ($futures as $future) {
        $future->await();
    }
}
echo "$round rounds\n";
--EXPECT--
100 rounds
