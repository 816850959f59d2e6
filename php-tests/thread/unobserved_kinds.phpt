--TEST--
Each kind of failure has its own report
--FILE--
<?php
use Async\Thread;

foreach ([
    fn () => throw new LogicException('thrown'),
    fn () => exit(3),
    fn () => fopen('php://memory', 'r'),
    function () { ini_set('memory_limit', '2M'); str_repeat('x', 10_000_000); },
] as $task) {
    $thread = new Thread($task);
    while ($thread->isRunning());
    unset($thread);
}
echo "done\n";
--EXPECTF--

Warning: Thread #%d failed and nobody awaited it: uncaught LogicException: thrown in %sunobserved_kinds.php:5 in %sunobserved_kinds.php on line %d

Warning: Thread #%d failed and nobody awaited it: exit(3) in %sunobserved_kinds.php on line %d

Warning: Thread #%d failed and nobody awaited it: Cannot transfer return value: a resource (stream) is not transferable in %sunobserved_kinds.php on line %d

Warning: Thread #%d failed and nobody awaited it: Allowed memory size of 2097152 bytes exhausted%S in %sunobserved_kinds.php:8 in %sunobserved_kinds.php on line %d
done
