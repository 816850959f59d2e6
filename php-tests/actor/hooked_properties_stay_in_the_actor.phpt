--TEST--
Property hooks and asymmetric visibility of an actor work inside, and are refused outside as any property is
--EXTENSIONS--
async_threads
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip property hooks came with PHP 8.4'); ?>
--FILE--
<?php
interface Sized { public int $double { get; } }
final class A extends Async\Actor implements Sized {
    private int $n = 4;
    public int $double { get => 2 * $this->n; set { $this->n = intdiv($value, 2); } }
    public string $constant { get => 'constant'; }
    public private(set) int $asymmetric = 3;
    public function inside(Sized $other) {
        for ($i = $sum = $refused = 0; $i < 60; $i++) {
            $a = $i % 2 ? $this : $other;
            try { $sum += $a->double; $a->double += 2; } catch (Error) { $refused++; }
        }
        $this->asymmetric++;
        $all = [];
        foreach ($this as $name => $value) { $all[$name] = $value; }
        return [$sum, $refused, $all];
    }
}
$try = function (callable $f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
$a = new A; $b = new A;
$try(fn() => $a->inside($b));
for ($i = 0; $i < 2; $i++) {
    $try(fn() => $a->double);
    $try(fn() => $a->double = 3);
    $try(fn() => $a->constant);
    $try(fn() => $a->asymmetric);
    $try(fn() => isset($a->double));
}
foreach (['double', 'asymmetric'] as $name) {
    $property = new ReflectionProperty($a, $name);
    $try(fn() => $property->getValue($a));
    $try(fn() => $property->getRawValue($a));
    $try(fn() => $property->setValue($a, 1));
    $try(fn() => $property->setRawValue($a, 1));
    $try(fn() => $property->isInitialized($a));
}
$try(fn() => [var_export($a, true), json_encode($a), (array) $a, get_object_vars($a)]);
$try(function () use ($a) { foreach ($a as $x) echo 'never'; });
--EXPECT--
[1110,30,{"n":34,"double":68,"constant":"constant","asymmetric":4}]
Error: Cannot read A::$double: properties of an actor are private to it; call a method instead
Error: Cannot write A::$double: properties of an actor are private to it; call a method instead
Error: Cannot read A::$constant: properties of an actor are private to it; call a method instead
Error: Cannot read A::$asymmetric: properties of an actor are private to it; call a method instead
Error: Cannot test A::$double: properties of an actor are private to it; call a method instead
Error: Cannot read A::$double: properties of an actor are private to it; call a method instead
Error: Cannot write A::$double: properties of an actor are private to it; call a method instead
Error: Cannot read A::$constant: properties of an actor are private to it; call a method instead
Error: Cannot read A::$asymmetric: properties of an actor are private to it; call a method instead
Error: Cannot test A::$double: properties of an actor are private to it; call a method instead
Error: Cannot read A::$double: properties of an actor are private to it; call a method instead
Error: Cannot read A::$double: properties of an actor are private to it; call a method instead
Error: Cannot write A::$double: properties of an actor are private to it; call a method instead
Error: Cannot write A::$double: properties of an actor are private to it; call a method instead
Error: Cannot test A::$double: properties of an actor are private to it; call a method instead
Error: Cannot read A::$asymmetric: properties of an actor are private to it; call a method instead
Error: Cannot read A::$asymmetric: properties of an actor are private to it; call a method instead
Error: Cannot write A::$asymmetric: properties of an actor are private to it; call a method instead
Error: Cannot write A::$asymmetric: properties of an actor are private to it; call a method instead
Error: Cannot test A::$asymmetric: properties of an actor are private to it; call a method instead
["\\A::__set_state(array(\n))","{}",[],[]]
Error: Cannot iterate over an actor of class A from outside: call a method that gives an array
