--TEST--
Destructors send their own object: freed, collected, of a deep graph, at the end of the script
--EXTENSIONS--
async_threads
--FILE--
<?php
class Last
{
    public $self;
    public $with = [1];
    private $sent = false;
    public function __construct(public string $name) {}
    public function __destruct()
    {
        // The copies have it set.
        if (!$this->sent) {
            $this->sent = true;
            $there = (new Async\Thread(static fn ($o) => [get_class($o), gettype($o->with), $o->self === $o], $this))->join();
            echo $this->name, ': ', json_encode($there), "\n";
        }
    }
}
class Node { public $next; }

$o = new Last('freed');
unset($o);
$o = new Last('collected');
$o->self = $o;
unset($o);
gc_collect_cycles();
$o = new Last('deep');
$o->self = $o;
for ($i = 0, $chain = null; $i < 5_000; $i++) {
    $node = new Node;
    $node->next = $chain;
    $chain = $node;
}
$o->with = $chain;
unset($o, $chain, $node);
gc_collect_cycles();
register_shutdown_function(function () { echo 'shutdown: ', json_encode((new Async\Thread(fn ($v) => $v, [1]))->join()), "\n"; });
set_error_handler(function ($n, $message) { echo 'handler: ', json_encode((new Async\Thread(fn ($v) => $v, [$message]))->join()), "\n"; });
echo $undefined;
$kept = new Last('kept');
?>
--EXPECT--
freed: ["Last","array",false]
collected: ["Last","array",true]
deep: ["Last","object",true]
handler: ["Undefined variable $undefined"]
shutdown: [1]
kept: ["Last","array",false]
