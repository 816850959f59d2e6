--TEST--
Spawning, awaiting, cancelling and dropping in random orders loses nothing
--FILE--
<?php
require __DIR__ . '/stress.inc';
foreach ([1, 2, 3] as $seed) {
    echo stress(3000, $seed), "\n";
}
--EXPECT--
all as it must be
all as it must be
all as it must be
