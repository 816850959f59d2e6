--TEST--
method()Async gives a Future; a method really named so wins
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await, await_all};
class A extends Async\Actor {
    public function twice(int $x): int { return 2 * $x; }
    public function reallyAsync(): string { return 'mine'; }
    public function really(): string { return 'not this'; }
    public function fails() { throw new DomainException('no'); }
}
$a = new A;
$futures = [];
foreach (range(1, 5) as $i) $futures[$i] = $a->twiceAsync($i);
var_dump(get_class($futures[1]));
echo implode(' ', await_all($futures)[0]), "\n";
var_dump($a->reallyAsync());
try { await($a->failsAsync()); } catch (DomainException $e) { echo $e->getMessage(), "\n"; }
$a->failsAsync()->ignore();
--EXPECT--
string(12) "Async\Future"
2 4 6 8 10
string(4) "mine"
no
