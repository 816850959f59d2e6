--TEST--
The collector does not run destructors, which may change a graph, while the graph is read
--EXTENSIONS--
async_threads
--INI--
memory_limit=256M
--FILE--
<?php
class Box { public array $list = []; }

class Garbage
{
    public $self;

    public function __destruct()
    {
        global $box;
        if (!$box) {
            return;
        }
        $box->list = ['changed'];
        for ($i = 0; $i < 1000; $i++) {
            $box->list[] = str_repeat('x', 20 + $i % 50);
        }
    }
}

gc_collect_cycles();
$box = new Box;
// Reading each of these gives the collector something to look at some time.
for ($i = 0; $i < 45_000; $i++) {
    $heap = new SplMinHeap;
    $heap->insert([$i]);
    $box->list[] = $heap;
}
unset($heap);
$box->list[] = 'last';
$garbage = new Garbage;
$garbage->self = $garbage;
unset($garbage);

$thread = new Async\Thread(static fn ($box) => [count($box->list), $box->list[44_999]->top(), $box->list[45_000]], $box);
echo json_encode($thread->join()), "\n";
unset($box);
var_dump(gc_enabled());
?>
--EXPECT--
[45001,[44999],"last"]
bool(true)
