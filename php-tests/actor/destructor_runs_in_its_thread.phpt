--TEST--
The destructor runs when the last handle is gone, and at the end at the latest
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
class A extends Async\Actor {
    public function __construct(private string $name) {}
    public function __destruct() { echo "gone: {$this->name}\n"; }
    public function hold(A $other) { $this->other = $other; }
    private $other;
    public function sync() {}
}
$a = new A('first');
$b = $a;
unset($a);
$c = new A('second');
$c->sync();
unset($b);
for ($i = 0; $i < 3; $i++) $c->sync();
$x = new A('cycle'); $y = new A('cycle');
$x->hold($y); $y->hold($x);
unset($x, $y);
while (Async\actor_stats($c)['mailbox'] > 0);
unset($c);
echo "end\n";
--EXPECTF--
gone: first
%Agone: %s
%A