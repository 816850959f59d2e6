--TEST--
What constant expressions name is there where only the names that code uses are taken along
--FILE--
<?php
namespace App;
use function Async\spawn_thread;

const NUMBER = 5;
class Dep { public $n = 1; }
class Used {
    const X = NUMBER;
    const E = [NUMBER, Kind::B];
    public $p = \APP\NUMBER;
    public static $s = [NUMBER];
    static function m($a = NUMBER) { static $v = NUMBER + 1; return [$a, $v]; }
}
enum Kind: int { case A = NUMBER; case B = 7; }
function f($x = NUMBER, $y = new Dep, $z = PHP_INT_SIZE) { return [$x, $y->n, $z]; }

$tasks = [
    'class constant' => fn () => Used::X,
    'enum case in one' => fn () => Used::E[1]->value,
    'backed by one' => fn () => Kind::A->value,
    'property' => fn () => (new Used)->p,
    'static property' => fn () => Used::$s,
    'method' => fn () => Used::m(),
    'function' => fn () => f(),
    'closure' => fn ($x = NUMBER, $y = new Dep) => [$x, $y->n],
];
foreach ($tasks as $what => $task) {
    $alone = spawn_thread($task, inherit: false)->join();
    $booted = spawn_thread(fn () => 'ran', bootloader: $task)->join();
    echo $what, ': ', json_encode($alone), $alone == $task() ? '' : ' differs', ", $booted\n";
}
?>
--EXPECT--
class constant: 5, ran
enum case in one: 7, ran
backed by one: 5, ran
property: 5, ran
static property: [5], ran
method: [5,6], ran
function: [5,1,8], ran
closure: [5,1], ran
