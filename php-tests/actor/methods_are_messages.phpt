--TEST--
Public methods of an actor are messages; state stays in the actor
--EXTENSIONS--
async_threads
--FILE--
<?php
class Counter extends Async\Actor {
    private int $n = 0;
    public function __construct(private int $step = 1) {}
    public function add(int $times = 1, int ...$more): int { $this->n += $times * $this->step + array_sum($more); return $this->n; }
    public function get(): int { return $this->n; }
    public static function name(): string { return static::class; }
}
$c = new Counter(step: 10);
var_dump(get_class($c), $c instanceof Counter, $c instanceof Async\Actor);
var_dump($c->add(), $c->add(2), $c->add(times: 3), $c->add(1, 5, 6), $c->get());
var_dump(Counter::name(), $c->name());
$other = new Counter;
$other->add();
var_dump($c->get(), $other->get());
--EXPECT--
string(7) "Counter"
bool(true)
bool(true)
int(10)
int(30)
int(60)
int(81)
int(81)
string(7) "Counter"
string(7) "Counter"
int(81)
int(1)
