--TEST--
What opcache has optimized together with a function or class does not run with another one
--SKIPIF--
<?php if (!function_exists('opcache_get_status') || !(@opcache_get_status()['opcache_enabled'] ?? false)) die('skip needs opcache'); ?>
--FILE--
<?php
use function Async\spawn_thread;
function number() { static $n = 40; return $n + 1; }
function caller() { return number() + 1; }
class Point { public int $x = 1; static function make() { static $n = 0; $n++; return new self; } }
function makes() { return Point::make()->x + 1; }
class Alone { const A = 1; }
function show(?Closure $bootloader, Closure $task) {
    foreach ([true, false] as $inherit) {
        try {
            echo json_encode(spawn_thread($task, inherit: $inherit, bootloader: $bootloader)->join()), "\n";
        } catch (Throwable $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
show(fn () => eval('function number() { return []; }'), fn () => caller());
show(fn () => eval('class Point { public string $s = "s"; static function &make($a = 1, $b = 2) { return $a; } }'), fn () => makes());
show(fn () => eval('class Alone { const A = "own"; } function elsewhere() { return "own"; }'), fn () => [caller(), makes(), elsewhere(), constant($_SERVER['nowhere'] ?? 'Alo' . 'ne::A')]);
show(null, fn () => [caller(), makes()]);
--EXPECT--
function number() in this thread differs from the one its creator's code was compiled against
Cannot restore Closure: function number() in this thread differs from the one its creator's code was compiled against
class point in this thread differs from the one its creator's code was compiled against
Cannot restore Closure: class point in this thread differs from the one its creator's code was compiled against
[42,2,"own","own"]
[42,2,"own","own"]
[42,2]
[42,2]
