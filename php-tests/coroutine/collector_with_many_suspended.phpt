--TEST--
The collector runs with 1,000 suspended coroutines, and with destructors that await
--FILE--
<?php
use function Async\{await, spawn, suspend, delay};
class Node { public $self; public $c; function __construct(public $n = 0) { $this->self = $this; } function __destruct() { if ($this->n === 7) { delay(1); echo "destroyed\n"; } } }
$all = [];
for ($i = 0; $i < 1000; $i++) { $all[] = $c = spawn(function () use ($i) { $n = new Node; $n->c = Async\current_coroutine(); suspend(); suspend(); return $i; }); $c->finally(function () use ($c) { }); }
suspend(); gc_collect_cycles(); new Node(7); gc_collect_cycles(); suspend(); gc_collect_cycles();
echo array_sum(Async\await_all($all)[0]), "\n";
$s = new Async\FutureState; $f = new Async\Future($s); $o = new stdClass; $o->s = $s; $o->f = $f; $s->complete($o);
unset($o, $s, $f, $all); gc_collect_cycles(); echo "fine\n";
--EXPECT--
destroyed
499500
fine
