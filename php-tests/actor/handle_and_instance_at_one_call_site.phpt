--TEST--
Handles and instances of one class alternate through one call site, in hot loops
--EXTENSIONS--
async_threads
--FILE--
<?php
final class A extends Async\Actor {
    private int $n = 0;
    public function bump(int $by = 1): int { $this->n += $by; return $this->n; }
    private function secret(): int { return $this->n; }
    public function loop(A $other, int $times): array {
        $own = 0; $theirs = 0;
        $both = [$this, $other];
        for ($i = 0; $i < $times; $i++) {
            foreach ($both as $which => $actor) {
                $r = $actor->bump();
                if ($which === 0) $own = $r; else $theirs = $r;
            }
            $own = $this->secret();
        }
        return [$own, $theirs];
    }
    public function hot(int $times): int { for ($i = 0; $i < $times; $i++) $this->bump(2); return $this->secret(); }
}
$a = new A; $b = new A;
var_dump($a->loop($b, 100));
var_dump($a->hot(1000), $b->bump(0));
for ($i = 0; $i < 200; $i++) { $a->bump(); }
var_dump($a->bump(0));
--EXPECT--
array(2) {
  [0]=>
  int(100)
  [1]=>
  int(100)
}
int(2100)
int(100)
int(2300)
