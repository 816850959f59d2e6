--TEST--
Each thread sees what exists when it starts; threads of threads too
--FILE--
<?php
use Async\Thread;
for ($i = 0; $i < 5; $i++) {
    eval("class Late$i " . ($i ? 'extends Late' . ($i - 1) : '') . " { const N$i = $i; public static \$s$i = [$i]; public function sum() { return array_sum(array_map(constant(...), array_map(fn (\$k) => 'self::N' . \$k, range(0, $i)))); } }"
        . " function late$i() { static \$x = $i; return \$x++ . __FUNCTION__; } const C$i = $i;");
    echo (new Thread(fn () => json_encode([
        array_values(array_filter(get_declared_classes(), fn ($c) => str_starts_with($c, 'Late'))),
        (new ("Late$i"))->sum(), ("late$i")(), constant("C$i"), class_exists('Late' . ($i + 1)), ("Late$i")::$s0,
    ])))->join(), "\n";
}
$deep = function (int $n) use (&$deep) {
    eval("class Deep$n extends " . ($n ? 'Deep' . ($n - 1) : 'Late4') . " {}");
    return $n === 3 ? (new ("Deep$n"))->sum() . get_parent_class(get_parent_class("Deep$n")) : (new Thread($deep, $n + 1))->join();
};
echo $deep(0), "\n";
echo json_encode(array_map(fn ($t) => $t->join(), array_map(fn ($n) => new Thread(fn () => class_exists("Deep$n")), [0, 1]))), "\n";
// Linked by the compiler, declared when a thread has been started before, and not the last class of its file.
if ($deep) { class Conditional { public $x = 'conditional'; } }
if ($deep) { $last = new class {}; }
echo (new Thread(fn () => (new Conditional)->x))->join(), "\n";
spl_autoload_register(function ($name) {
    if ($name === 'FromLoader') { class FromLoader { public $x = 'from a loader'; } }
    echo (new Thread(fn () => (new $name)->x))->join(), ', ';
});
$load = fn () => new class extends FromLoader {};
echo $load()->x, "\n";
--EXPECT--
[["Late0"],0,"0late0",0,false,[0]]
[["Late0","Late1"],1,"1late1",1,false,[0]]
[["Late0","Late1","Late2"],3,"2late2",2,false,[0]]
[["Late0","Late1","Late2","Late3"],6,"3late3",3,false,[0]]
[["Late0","Late1","Late2","Late3","Late4"],10,"4late4",4,false,[0]]
10Deep1
[true,false]
conditional
from a loader, from a loader
