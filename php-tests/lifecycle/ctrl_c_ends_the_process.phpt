--TEST--
SIGINT and SIGTERM end the process at once, with threads of all kinds alive
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/child.inc';

foreach ([SIGINT, SIGTERM] as $signal) {
    $child = new Child(<<<'PHP'
    $gate = open_gate();
    $address = address_of($gate);
    (new Thread(fn () => 1))->join();
    $threads = [
        new Thread(function () use ($address) { arrive($address); while (true); }),
        new Thread(function () use ($address) { arrive($address); sleep(1000); }),
    ];
    await_arrival($gate);
    await_arrival($gate);
    echo "ready\n";
    $threads[0]->join();
    PHP);
    echo $child->line(), "\n";
    $child->signal($signal);
    $child->finish();
}
--EXPECT--
ready
signal 2
ready
signal 15
