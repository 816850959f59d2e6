--TEST--
Many threads are cancelled at once, whatever they do
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$threads = [];
for ($i = 0; $i < 50; $i++) {
    $threads[] = new Thread(function () use ($address, $i) {
        arrive($address);
        if ($i % 2) {
            sleep(1000);
        }
        while (true) {
            array_sum(range(1, 100));
        }
    });
}
for ($i = 0; $i < 50; $i++) {
    await_arrival($gate);
}
foreach ($threads as $thread) {
    $thread->cancel();
}
$cancelled = 0;
foreach ($threads as $thread) {
    try {
        $thread->join();
    } catch (Async\AsyncCancellation) {
        $cancelled++;
    }
}
var_dump($cancelled);
--EXPECT--
int(50)
