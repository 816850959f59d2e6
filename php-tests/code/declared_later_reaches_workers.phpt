--TEST--
Names declared after a pool and an actor have started, used there and in threads of threads by object, by name, by closure
--EXTENSIONS--
async_threads
--FILE--
<?php
namespace Later;
use Async\{Actor, Thread, ThreadPool};

class Room extends Actor
{
    private array $kept = [];
    public function keep($value) { $this->kept[] = $value; return array_map(get_debug_type(...), $this->kept); }
    public function run(callable $f) { return $f(); }
    public function knows(string $name) { return [class_exists($name), function_exists($name), defined($name)]; }
}
$pool = new ThreadPool(2);
$room = new Room;
$pool->map([1, 2, 3, 4], fn ($x) => $x);
$room->knows('x');
for ($i = 0; $i < 3; $i++) {
    eval("namespace Later; class K$i " . ($i ? 'extends K' . ($i - 1) : '') . " implements \\Countable { const C$i = [E$i::A, 'x' => E$i::DEF]; public \$p$i = self::C$i; public static int \$s$i = $i; use T$i; public function count(): int { return k$i() + \\count(self::C$i); } public function sub() { return new class extends K$i implements I$i { public \$q = Q$i; }; } }"
        . " enum E$i: string { case A = 'a$i'; const DEF = self::A; } function k$i(\$x = Q$i) { return \$x + 1; } const Q$i = $i * 100; trait T$i { public \$t$i = __CLASS__; } interface I$i {}");
    $class = "Later\\K$i";
    $kid = new $class;
    echo json_encode([
        $pool->enqueue(fn ($o) => [count($o), $o->{"p$i"}, $o->{"t$i"}, $o->sub()->q, $o->sub()::class === get_class($o->sub())], $kid),
        $pool->enqueue(fn () => [count(new $class), constant("$class::C$i"), ("Later\\k$i")(), constant("Later\\Q$i"), $class::${"s$i"}]),
        $pool->enqueue("Later\\k$i", 5),
        $pool->enqueue([$kid, 'count']),
        $pool->map([1, 2, 3], fn ($x) => count(new $class) + $x),
    ]), "\n", json_encode([
        $room->keep($kid), $room->keep(constant("Later\\E$i::A")), $room->knows($class), $room->knows("Later\\k$i"), $room->knows("Later\\Q$i"),
        $room->run(fn () => (new $class)->sub()->count()), $room->run($kid->count(...)),
    ]), "\n", json_encode([
        get_parent_class($back = $pool->enqueue(fn () => (new $class)->sub())), count($back), $back->q,
        $pool->enqueue(fn () => (new Thread(fn () => (new Thread(fn () => [count(new $class), (new $class)->sub()->q, constant("Later\\Q$i"), class_exists('Later\K' . ($i + 1))]))->join()))->join()),
        $room->run(fn () => (new ThreadPool(1))->enqueue(fn () => count(new $class))),
        $room->run(fn () => (new Room)->run(fn () => count(new $class))),
    ]), "\n";
}
// And the other way round: what a thread alone has declared.
$object = (new Thread(function () { eval('namespace Own; class Mine { public $a = 1; function hi() { return "hi" . helper(); } } function helper() { return new Other; } class Other { function __toString() { return "other"; } }'); return new \Own\Mine; }))->join();
echo $object->hi(), "\n";
echo (new Thread(function () { eval('namespace Own2; function helper() { return "helped " . X; } const X = 3; class Used { public $y = 1; }'); return fn () => \Own2\helper() . (new \Own2\Used)->y . \Own2\X; }))->join()(), "\n";
try {
    (new Thread(function () { eval('class OwnProblem extends \DomainException { public $more = [1]; }'); throw new \OwnProblem('boo'); }))->join();
} catch (\Async\RemoteException $e) {
    echo get_class($e->getRemoteException()), json_encode($e->getRemoteException()->more), "\n";
}
try {
    $pool->enqueue(function () { eval('class PoolProblem extends \DomainException { public $more = [2]; }'); throw new \PoolProblem('boo'); });
} catch (\PoolProblem $e) {
    echo get_class($e), json_encode($e->more), "\n";
}
$enum = (new Thread(function () { eval('enum OwnEnum: int { case A = 1; case B = 2; const D = self::B; static function x() { return self::D; } }'); return [\OwnEnum::B, fn () => \OwnEnum::x()]; }))->join();
var_dump($enum[0] === $enum[1]());
echo (new Thread(fn () => eval('return new class { function f() { return (new class { public $z = 9; })->z; } };')))->join()->f(), "\n";
echo (new Thread(fn () => function () { class DeclaredLate { const A = 5; } function declaredLate() { return DeclaredLate::A; } return declaredLate(); }))->join()(), "\n";
--EXPECT--
[[3,{"0":"a0","x":"a0"},"Later\\K0",0,true],[3,{"0":"a0","x":"a0"},1,0,0],6,3,[4,5,6]]
[["Later\\K0"],["Later\\K0","Later\\E0"],[true,true,false],[true,true,false],[false,false,true],3,3]
["Later\\K0",3,0,[3,0,0,false],3,3]
[[103,{"0":"a1","x":"a1"},"Later\\K1",100,true],[103,{"0":"a1","x":"a1"},101,100,1],6,103,[104,105,106]]
[["Later\\K0","Later\\E0","Later\\K1"],["Later\\K0","Later\\E0","Later\\K1","Later\\E1"],[true,true,false],[true,true,false],[false,false,true],103,103]
["Later\\K1",103,100,[103,100,100,false],103,103]
[[203,{"0":"a2","x":"a2"},"Later\\K2",200,true],[203,{"0":"a2","x":"a2"},201,200,2],6,203,[204,205,206]]
[["Later\\K0","Later\\E0","Later\\K1","Later\\E1","Later\\K2"],["Later\\K0","Later\\E0","Later\\K1","Later\\E1","Later\\K2","Later\\E2"],[true,true,false],[true,true,false],[false,false,true],203,203]
["Later\\K2",203,200,[203,200,200,false],203,203]
hiother
helped 313
OwnProblem[1]
PoolProblem[2]
bool(true)
9
5
