--TEST--
Code that opcache compiled in the knowledge of a class brings that class along, so that no other can take its name
--SKIPIF--
<?php if (!function_exists('opcache_get_status') || !(@opcache_get_status()['opcache_enabled'] ?? false)) die('skip needs opcache'); ?>
--FILE--
<?php
use function Async\spawn_thread;
final class Point { public int $x = 3; }
function makes(): int { $s = 0; for ($i = 0; $i < 100; $i++) { $p = new Point; $p->x += $i; $s += $p->x; } return $s; }
function fib(int $n): int { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }
class UsesFib { function go() { return fib(11); } }
function show(Async\Thread $thread) { try { echo json_encode($thread->join()), "\n"; } catch (Exception $e) { echo preg_replace('/ \(previously.*| in \S+$/', '', $e->getMessage()), "\n"; } }
$own = 'error_reporting(0); class Point {}';
echo makes(), "\n";
show(spawn_thread(fn () => makes(), inherit: false));
show(spawn_thread(function () use ($own) { eval($own); return makes(); }, inherit: false));
show(spawn_thread(fn () => 1, bootloader: function () use ($own) { eval($own); return makes(); }));
// The class is there, and its code cannot run: that is what is said.
show(spawn_thread(function () { eval('function fib($n) { return "own"; }'); $class = implode(['Uses', 'Fib']); return (new $class)->go(); }, inherit: false, bootloader: fn () => 1));
?>
--EXPECTF--
5250
5250
Cannot %sclare class Point%S
Cannot %sclare class Point%S
function fib() in this thread differs from the one its creator's code was compiled against
