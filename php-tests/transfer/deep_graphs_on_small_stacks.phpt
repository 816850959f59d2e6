--TEST--
Graphs a million levels deep are sent, received and freed on the small stacks of fibers and coroutines
--INI--
memory_limit=2G
fiber.stack_size=256K
--SKIPIF--
<?php if (getenv('SKIP_SLOW_TESTS')) die('skip slow'); ?>
--FILE--
<?php
use Async\Thread;

class Node { public $next; public $value; }

function chain(): Node
{
    $head = null;
    for ($i = 0; $i < 1_000_000; $i++) {
        $node = new Node;
        [$node->next, $node->value] = [$head, [$i]];
        $head = $node;
    }
    return $head;
}

function nest(): array
{
    $array = [];
    for ($i = 0; $i < 1_000_000; $i++) {
        $array = [$array];
    }
    return $array;
}

$work = function () {
    foreach ([chain(...), nest(...)] as $make) {
        $graph = $make();
        $back = (new Thread(static fn ($graph) => $graph, $graph))->join();
        unset($graph);
        echo "sender's freed\n";
        unset($back);
        echo "receiver's freed\n";
    }
};
(new Fiber($work))->start();
Async\await(Async\spawn($work));
?>
--EXPECT--
sender's freed
receiver's freed
sender's freed
receiver's freed
sender's freed
receiver's freed
sender's freed
receiver's freed
