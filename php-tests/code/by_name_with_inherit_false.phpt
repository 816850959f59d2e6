--TEST--
With inherit: false a thread gets what its code calls by name, and nothing else
--FILE--
<?php
namespace Deep { const NC = 5; function nsf() { return 'nsf' . \chained(NC); } }
namespace {
use function Async\spawn_thread;

function chained() { static $n = 3; return 'chained ' . hidden(); }
function hidden() { return 'hidden ' . (new Used)->m(); }
function not_mentioned() {}
const NUMBER = 5;
class Base { function b() { return byname(); } }
interface HasX { const X = Other::Y; }
class Other { const Y = 'other'; }
class Used extends Base implements HasX { function m() { return $this->b() . ' ' . self::X; } }
class Unused {}
eval('function byname() { return "by name"; }');
enum Kind { case A; const L = [self::A]; }
define('KIND', Kind::A);
class Maker { private $p = 'private'; function make() { return fn () => [$this->p, chained(), static::class]; } }

function show($f) { try { echo json_encode($f()), "\n"; } catch (\Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } }

show(fn () => spawn_thread(fn () => chained(), inherit: false)->join());
show(fn () => spawn_thread(fn () => [chained(), function_exists('not_mentioned'), defined('NUMBER'), class_exists('Unused', false)], inherit: false)->join());
show(fn () => spawn_thread(fn () => [get_class(new Used), KIND === Kind::A, Kind::L[0]->name, Deep\nsf()], inherit: false)->join());
show(fn () => spawn_thread(fn () => class_exists('Unused'), inherit: false)->join());
show(fn () => spawn_thread(fn () => [NUMBER, \Deep\NC], inherit: false)->join());
show(fn () => spawn_thread(fn () => nowhere(), inherit: false)->join());
show(fn () => spawn_thread(fn () => new Nowhere, inherit: false)->join());
show(fn () => spawn_thread(function () {
    class InClosure extends Used {}
    function in_closure() { return chained(); }
    return [(new InClosure)->m(), in_closure(), (new class extends Unused { public $q = 1; })->q];
}, inherit: false)->join());
show(fn () => spawn_thread((new Maker)->make(), inherit: false)->join());
show(fn () => spawn_thread(fn () => (fn () => (fn () => chained())())(), inherit: false)->join());
}
--EXPECT--
"chained hidden by name other"
["chained hidden by name other",false,false,false]
["Used",true,"A","nsfchained hidden by name other"]
false
[5,5]
Async\RemoteException: Call to undefined function nowhere()
Async\RemoteException: Class "Nowhere" not found
["by name other","chained hidden by name other",1]
["private","chained hidden by name other","Maker"]
"chained hidden by name other"
