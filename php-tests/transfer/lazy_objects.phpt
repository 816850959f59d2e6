--TEST--
Lazy objects are initialised first
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip lazy objects came with PHP 8.4'); ?>
--FILE--
<?php
use Async\Thread;

class Lazy { public $a = 1; public int $b = 2; public ?Lazy $next = null; private $p = 'private'; public function p() { return $this->p; } }
class Real extends Lazy {}
$class = new ReflectionClass(Lazy::class);
$send = fn ($value) => (new Thread(fn ($v) => $v, $value))->join();

$ghost = $class->newLazyGhost(function ($o) { echo "initialiser\n"; $o->a = 'ghost'; });
$there = $send([$ghost, $ghost]);
var_dump($there[0] === $there[1], $there[0]->a, $there[0]->b, $there[0]->p(), $class->isUninitializedLazyObject($there[0]), $class->isUninitializedLazyObject($ghost));

$proxy = $class->newLazyProxy(function () { echo "factory\n"; $o = new Lazy; $o->a = 'proxied'; return $o; });
$there = $send(['p' => $proxy, 'q' => [$proxy]]);
var_dump($there['p'] === $there['q'][0], $there['p']->a, get_class($there['p']));
$there = $send($proxy);
var_dump($there->a);

// Initialisers that change the graph around them, which is on its way already.
$list = [];
for ($i = 0; $i < 100; $i++) {
    $list[] = $class->newLazyGhost(function ($o) use (&$list, $i) {
        $o->b = $i;
        $o->next = $list[0] ?? null;
        unset($list[$i + 1], $list[$i - 1]);
        $list["new$i"] = new Lazy;
        gc_collect_cycles();
    });
}
$there = $send($list);
var_dump(count($there), $there[99]->b);

$thrower = $class->newLazyGhost(function () { throw new LogicException('not ready'); });
try {
    $send(['x' => $thrower]);
} catch (LogicException $e) {
    echo $e->getMessage(), "\n";
}
--EXPECT--
initialiser
bool(true)
string(5) "ghost"
int(2)
string(7) "private"
bool(false)
bool(false)
factory
bool(true)
string(7) "proxied"
string(4) "Lazy"
string(7) "proxied"
int(100)
int(99)
not ready
