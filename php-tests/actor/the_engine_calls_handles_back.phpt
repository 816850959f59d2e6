--TEST--
Methods of handles as output, error and autoload callbacks, filters, comparators and tick functions are messages
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private array $log = [];
    public function upper($text, ...$more) { return strtoupper($text); }
    public function error(...$error) { $this->log[] = $error[1]; return true; }
    public function load($class) { $this->log[] = $class; return $class === 'Loaded' ? 'class Loaded {}' : ''; }
    public function isOdd($x, ...$more) { return $x % 2 === 1; }
    public function compare($a, $b) { return $b <=> $a; }
    public function sum($sum, $x) { return $sum + $x; }
    public function match($m) { return "<$m[0]>"; }
    public function each($x, $key) { $this->log[] = "$key=$x"; }
    public function log() { $log = $this->log; $this->log = []; return $log; }
}
$a = new A;
ob_start([$a, 'upper']);
echo "through an actor\n";
ob_end_flush();
set_error_handler($a->error(...));
echo $undefined;
trigger_error('mine');
restore_error_handler();
echo json_encode($a->log()), "\n";
spl_autoload_register($load = fn($class) => eval($a->load($class)));
echo json_encode([class_exists('Loaded'), class_exists('Missing'), $a->log()]), "\n";
spl_autoload_unregister($load);
for ($i = 0; $i < 5; $i++) {
    $list = [3, 1, 2];
    usort($list, [$a, 'compare']);
    $walk = ['k' => 1];
    array_walk($walk, [$a, 'each']);
    $r = [$list, array_filter([1, 2, 3], [$a, 'isOdd']), array_reduce([1, 2, 3], $a->sum(...), 0), preg_replace_callback('/b./', [$a, 'match'], 'abcbd'), iterator_apply($it = new ArrayIterator([1, 2]), [$a, 'isOdd'], [1]), $a->log()];
}
echo json_encode($r), "\n";
--EXPECT--
THROUGH AN ACTOR
["Undefined variable $undefined","mine"]
[true,false,["Loaded","Missing"]]
[[3,2,1],{"0":1,"2":3},6,"a<bc><bd>",2,["k=1"]]
