--TEST--
A receiver that runs out of memory at ever other places of a graph fails and nothing more
--EXTENSIONS--
async_threads
--INI--
memory_limit=256M
--FILE--
<?php
class Node
{
    public $a;
    public $b = [];
    public ?Node $next = null;
}

function graph(): array
{
    $graph = [];
    for ($i = 0; $i < 3000; $i++) {
        $node = new Node;
        $node->a = ["k$i" => str_repeat('x', 100), 'l' => [1, "s$i", [2.5, "t$i"]]];
        $node->b = [$node->a, "u$i"];
        $node->next = new Node;
        $graph[] = $node;
        if ($i % 3 === 0) {
            $graph["m$i"] = (object) ['p' => "q$i", 'r' => new ArrayObject([$node])];
        }
    }
    return $graph;
}

$chain = null;
for ($i = 0; $i < 20_000; $i++) {
    $node = new Node;
    [$node->next, $node->a] = [$chain, "c$i"];
    $chain = $node;
}
$failed = 0;
for ($step = 0; $step < 40; $step++) {
    foreach ([graph(), $chain] as $value) {
        $pool = new Async\ThreadPool(1);
        $limit = (2 << 20) + $step * 65536;
        $pool->submit(static fn ($limit) => ini_set('memory_limit', $limit), $limit)->await();
        try {
            $pool->submit(static fn ($value) => 1, $value)->await();
        } catch (Async\ThreadFatalError $e) {
            $failed += str_contains($e->getMessage(), 'Allowed memory size');
        }
        $pool->close();
    }
}
echo $failed > 20 ? "failed often\n" : "failed $failed times\n";
while ($chain) {
    $chain = $chain->next;
}
echo "done\n";
?>
--EXPECT--
failed often
done
