--TEST--
Thousands of actors; calls, exceptions, creation and release in random order
--EXTENSIONS--
async_threads
--FILE--
<?php
class Node extends Async\Actor {
    private int $hits = 0;
    private array $friends = [];
    public function __construct(private int $id) {}
    public function hit(): int { return ++$this->hits; }
    public function befriend(Node $n): void { $this->friends[] = $n; if (count($this->friends) > 3) array_shift($this->friends); }
    public function gossip(): int { $n = 0; foreach ($this->friends as $f) { try { $f->hit(); $n++; } catch (Async\DeadlockError) {} } return $n; }
    public function spawn(int $id): Node { return new Node($id); }
    public function fail(): never { throw new DomainException("node {$this->id}"); }
}
mt_srand(42);
$nodes = [];
for ($i = 0; $i < 1000; $i++) $nodes[$i] = new Node($i);
$answers = 0; $errors = 0;
for ($round = 0; $round < 30; $round++) {
    $futures = [];
    for ($k = 0; $k < 100; $k++) {
        $i = mt_rand(0, 999); $j = mt_rand(0, 999);
        $futures[] = match (mt_rand(0, 5)) {
            0 => $nodes[$i]->hitAsync(),
            1 => $nodes[$i]->befriendAsync($nodes[$j]),
            2 => $nodes[$i]->gossipAsync(),
            3 => $nodes[$i]->failAsync(),
            4 => $nodes[$i]->spawnAsync($j),
            5 => $nodes[$i]->hitAsync(),
        };
        if (mt_rand(0, 9) === 0) $nodes[$i] = new Node($i);
    }
    [$ok, $bad] = Async\await_all($futures);
    $answers += count($ok); $errors += count($bad);
}
var_dump($answers + $errors, $errors > 0);
--EXPECT--
int(3000)
bool(true)
