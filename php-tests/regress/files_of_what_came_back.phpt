--TEST--
Files that declare what came back: compiled anew, of the same name elsewhere, included by an error handler while another is compiled, required twice
--FILE--
<?php
use Async\Thread;

$dir = sys_get_temp_dir() . '/async_threads_anew_' . getmypid();
mkdir("$dir/other", 0777, true);
$file = "$dir/own.php";
file_put_contents($file, '<?php class Own { public $n = 3; static function c() { return static fn () => helper(1); } } function helper($x) { return $x; }');
touch($file, time() - 100);
$load = function () use ($file) { require_once $file; return [new Own, Own::c()]; };
$again = function () use ($file) { require_once $file; return (new Own)->n . helper(2); };
$fails = function (Closure $task) {
    try {
        return (new Thread($task))->join();
    } catch (Async\ThreadFatalError $e) {
        return preg_match('/^Cannot redeclare /', $e->getMessage()) ? 'redeclared' : $e->getMessage();
    }
};
for ($i = 0; $i < 4; $i++) {
    [$object, $closure] = (new Thread($load))->join();
    echo $closure(), $object->n, ' ', (new Thread($again))->join(), "\n";
    // The same content, compiled once more.
    function_exists('opcache_invalidate') && opcache_invalidate($file, true);
}

// A child of what came back, in a file of the same base name: declared early, for its parent is there.
file_put_contents("$dir/other/own.php", '<?php echo (new Child)->n, "\n"; class Child extends Own { public $n = 4; }');
$child = function () use ($dir) { require "$dir/other/own.php"; return (new Child) instanceof Own; };
var_dump((new Thread($child))->join());

echo (new Thread(function () use ($again) {
    $seen = [];
    set_error_handler(function () use ($again, &$seen) { $seen[] = $again(); return true; });
    eval('function deprecated($a = 1, $b) {}');
    return implode(' ', $seen);
}))->join(), "\n";
echo $fails(function () use ($file) { require $file; require $file; }), "\n";
array_map(unlink(...), [$file, "$dir/other/own.php"]);
rmdir("$dir/other");
rmdir($dir);
--EXPECT--
13 32
13 32
13 32
13 32
4
bool(true)
32
redeclared
