--TEST--
A failure that nobody looks at is reported once, as a warning; one that was looked at is not
--FILE--
<?php
use Async\Thread;
use function Async\spawn_thread;

$seen = new Thread(fn () => throw new Exception('seen'));
try { $seen->join(); } catch (Exception) {}
$asked = new Thread(fn () => throw new Exception('asked for'));
while ($asked->isRunning());
$asked->getException();
$fine = new Thread(fn () => 'fine');

$kept = new Thread(fn () => throw new LogicException('kept'));
(new Thread(fn () => 1))->join();
echo "last line\n";
--EXPECTF--
last line

Warning: Thread #%d failed and nobody awaited it: uncaught LogicException: kept in %sunobserved_failures_are_reported.php:12 in %s on line %d
