--TEST--
Memory that ends while a value arrives in a thread is that thread's fatal error
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

class Node { public $next; public $list = []; }
function nodes(): array
{
    $nodes = [];
    for ($i = 0; $i < 50_000; $i++) {
        $nodes[] = $node = new Node;
        $node->list = [$i, "text $i"];
        $node->next = $nodes[$i - 1] ?? null;
    }
    return $nodes;
}
$values = [fn () => range(1, 1_000_000), fn () => str_repeat('x', 20_000_000), nodes(...), fn () => array_map(fn (int $n) => "text $n", range(1, 200_000))];
for ($i = 0; $i < 3; $i++) {
    foreach ($values as $value) {
        show(fn () => (new Thread(function () use ($value) {
            ini_set('memory_limit', '4M');
            $inner = new Thread(function () use ($value) {
                ini_set('memory_limit', '1G');
                return $value();
            });
            return count((array) $inner->join());
        }))->join());
    }
}
show(fn () => (new Thread(fn () => 'alive'))->join());
--EXPECTF--
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
Async\ThreadFatalError(0): Allowed memory size of 4194304 bytes exhausted%S
"alive"
