--TEST--
Graphs a million levels deep cross both ways and are freed, on threads and on either side
--INI--
memory_limit=2G
--SKIPIF--
<?php if (getenv('SKIP_SLOW_TESTS')) die('skip slow'); ?>
--FILE--
<?php
use Async\Thread;

class Node { public $next; public $value; }
class Counted extends Node { public static $gone = 0; public function __destruct() { self::$gone++; } }

const LEVELS = 1_000_000;

function chain(string $class, int $levels = LEVELS): Node
{
    $head = null;
    for ($i = 0; $i < $levels; $i++) {
        $node = new $class;
        $node->next = $head;
        $node->value = $i;
        $head = $node;
    }
    return $head;
}

function nest(): array
{
    $array = [];
    for ($i = 0; $i < LEVELS; $i++) {
        $array = [$array];
    }
    return $array;
}

function length(Node $node): int
{
    for ($n = 0; $node; $node = $node->next) {
        $n++;
    }
    return $n;
}

function depth(array $array): int
{
    for ($n = 0; $array; $array = $array[0]) {
        $n++;
    }
    return $n;
}

$chain = chain(Node::class);
echo (new Thread(fn ($chain) => length($chain), $chain))->join(), "\n";
unset($chain);
echo length((new Thread(fn () => chain(Node::class)))->join()), "\n";
echo (new Thread(fn ($array) => depth($array), nest()))->join(), "\n";
echo depth((new Thread(fn () => nest()))->join()), "\n";
$chain = chain(Counted::class);
echo (new Thread(function ($box) { $box->chain = null; return Counted::$gone; }, (object) ['chain' => $chain]))->join(), "\n";
unset($chain);
echo Counted::$gone, "\n";
echo "-- dropped unsent\n";
$stream = fopen('php://memory', 'r');
for ($i = 0, $deep = $stream; $i < LEVELS; $i++) {
    $deep = ['k' => $deep];
}
try {
    new Thread(fn ($deep) => 1, $deep);
} catch (Async\ThreadTransferException $e) {
    echo strlen($e->getMessage()) < 300 ? "refused\n" : $e->getMessage();
}
unset($deep);
echo "-- dropped unreceived\n";
$thread = new Thread(fn () => chain(Node::class));
while ($thread->isRunning()) {
    usleep(1000);
}
unset($thread);
echo "-- a cycle\n";
$ring = (new Thread(function () {
    $ring = $end = chain(Node::class, 10_000);
    while ($end->next) {
        $end = $end->next;
    }
    $end->next = $ring;
    return $ring;
}))->join();
for ($i = 1, $node = $ring; $node->next !== $ring; $node = $node->next) {
    $i++;
}
echo $i, "\n";
unset($ring, $node);
echo gc_collect_cycles() >= 10_000 ? "collected\n" : "not collected\n";
--EXPECT--
1000000
1000000
1000000
1000000
1000000
1000000
-- dropped unsent
refused
-- dropped unreceived
-- a cycle
10000
collected
