--TEST--
One call site, property site and closure meet handles and instances in turns, in hot code, with final classes and private methods
--EXTENSIONS--
async_threads
--FILE--
<?php
final class A extends Async\Actor {
    private int $n = 0;
    public int $open = 0;
    private string $text = 'x';
    public function bump(int $by = 1): int { return $this->n += $by; }
    public function constant(): int { return 42; }
    private function pure(): int { return 7; }
    public function text(): string { return $this->text; }
    public static function call(A $a, int $by): int { return $a->bump($by) + $a->constant(); }
    public function mix(A $other, int $times): array {
        $sum = $errors = $len = 0;
        for ($i = 0; $i < $times; $i++) {
            $a = $i % 3 ? $this : $other;
            $sum += $a->bump() - $a->bump(0) + $a->constant() + self::call($a, 0) - $a->bump(0);
            $len += strlen($a->text());
            try { $sum += $a->pure(); } catch (Error) { $errors++; }
            try { $a->open++; $sum += $a->open - $a->open; } catch (Error) { $errors++; }
        }
        return [$sum, $errors, $len, $this->n, $other->bump(0), $this->open];
    }
    public function closures(A $other, int $times): array {
        $f = function (A $a) { return $a->constant() + $a->bump(0); };
        $sum = $errors = 0;
        for ($i = 0; $i < $times; $i++) {
            $a = $i % 2 ? $this : $other;
            $sum += $f($a);
            $sum += ($a->constant(...))();
            try { $sum += (fn() => $this->n)->call($a); } catch (Error) { $errors++; }
        }
        return [$sum, $errors];
    }
    public function inner(): Closure { return fn() => [$this->constant(), $this->bump(0)]; }
}
function outside(array $list): int {
    $sum = 0;
    for ($i = 0; $i < 120; $i++) { $a = $list[$i & 1]; $sum += $a->constant() + strlen($a->text()) + A::call($a, 0) - $a->bump(0); }
    return $sum;
}
class Fake { function constant() { return 1; } function text() { return 'four'; } function bump($n) { return 0; } }
$a = new A; $b = new A;
echo json_encode($a->mix($b, 150)), "\n", json_encode($b->mix($a, 90)), "\n", json_encode($a->closures($b, 100)), "\n", outside([$a, $b]), "\n";
for ($i = $n = 0; $i < 100; $i++) { $x = $i % 2 ? $a : new Fake; $n += $x->constant() + strlen($x->text()); }
echo $n, "\n";
--EXPECT--
[13300,100,150,100,50,100]
[7980,60,90,110,130,60]
[26900,50]
10200
2400
