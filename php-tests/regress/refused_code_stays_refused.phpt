--TEST--
Code that a thread cannot run, having another version of what it calls, is refused each time, and leaves nothing in the thread
--FILE--
<?php
use Async\{Thread, ThreadPool};
use function Async\spawn_thread;

function thrice(Closure $call): string
{
    for ($i = 0; $i < 3; $i++) {
        try { $out[] = $call(); } catch (Throwable $e) { $out[] = preg_replace('/^.*(function \w\(\) in this thread differs).*$/s', '$1', $e->getMessage()); }
    }
    return implode(' | ', array_unique($out)) . "\n";
}
// Calls compiled against the small version have too small a frame for this one.
$large = 'function x($a = 1) { ' . implode(' ', array_map(fn ($i) => "\$v$i = str_repeat('$i', 10);", range(1, 4000))) . ' return "large"; }';
$small = 'function x() { return "small"; } class Y { function go() { for ($i = 0; $i < 300; $i++) $r[] = x(); return end($r); } } ';
class Runs extends Async\Actor { public function load(string $code): void { eval($code); } public function run(Closure $f) { return $f(); } }

// Names that are added as a whole: two submitters of one pool.
$pool = new ThreadPool(1);
(new Thread(function () use ($pool, $large) { eval($large); return $pool->enqueue(fn () => x()); }))->join();
echo (new Thread(function () use ($pool, $small) { eval($small); return thrice(fn () => $pool->enqueue(fn () => (new Y)->go())); }))->join();

// A closure, which brings what it calls; and the same to an actor.
$actor = new Runs();
$actor->load($large);
$make = fn () => eval($small . 'return fn () => x() . (new Y)->go();');
$f = (new Thread($make))->join();
$other = new ThreadPool(1, bootloader: fn () => eval($large));
echo thrice(fn () => $other->enqueue($f));
echo thrice(fn () => $actor->run($f));
echo $other->enqueue(fn () => 'the pool goes on'), "\n";

// A class that is served when it is used.
$others = ['x()' => 'z()', 'Y' => 'Z', 'x(' => 'z('];
[$large, $small] = [strtr($large, $others), strtr($small, $others)];
echo (new Thread(function () use ($large, $small) {
    eval($small);
    return spawn_thread(function () use ($large) { eval($large); return thrice(fn () => (new Z)->go()); }, inherit: false)->join();
}))->join();

// And what could not be bound for lack of a name is bound once the name is there.
$pool = new ThreadPool(1);
$pool->enqueue(fn () => eval('function kept() { return fn () => late(); }'));
echo thrice(fn () => $pool->enqueue(fn () => kept())());
$pool->enqueue(fn () => eval('function late() { return "late"; }'));
echo thrice(fn () => $pool->enqueue(fn () => kept())());
?>
--EXPECT--
function x() in this thread differs
function x() in this thread differs
function x() in this thread differs
the pool goes on
function z() in this thread differs
Call to undefined function late()
late
