--TEST--
A worker that starts afresh after a deployment runs the new code
--EXTENSIONS--
async_threads
--INI--
opcache.revalidate_freq=0
--FILE--
<?php
use Async\ThreadPool;
$dir = sys_get_temp_dir() . '/async_threads_deploy_' . getmypid();
mkdir($dir);
$file = "$dir/lib.php";
$time = time() - 1000;
$deploy = function (int $v) use ($file, &$time) {
    file_put_contents("$file.new", "<?php class Lib { const V = $v; public \$p$v = $v; static function v() { static \$n = $v; return 'v' . self::V . \$n; } } function lib() { return Lib::v() . " . str_repeat("'' . ", $v) . "$v; }");
    touch("$file.new", $time += 10);
    rename("$file.new", $file);
    clearstatcache();
};
// A worker may have begun to look for a task when `reload()` is called: it has started afresh once it says so.
$renew = function (ThreadPool $pool) {
    $restarts = fn () => $pool->stats()['workers'][0]['restarts'];
    $before = $restarts();
    $pool->reload();
    while ($restarts() === $before) Async\delay(1);
};
$deploy(1);
$pool = new ThreadPool(1, bootloader: fn () => require $file);
$task = fn () => [lib(), array_keys(get_object_vars(new Lib))];
for ($v = 2; $v < 6; $v++) {
    echo json_encode($pool->enqueue($task)), "\n";
    $deploy($v);
    $renew($pool);
}
echo json_encode($pool->enqueue($task)), "\n";
// By an autoloader, with no bootloader.
spl_autoload_register(function ($class) use ($file) { require $file; });
$loading = new ThreadPool(1);
echo $loading->enqueue($late = fn () => Lib::v()), ' ', class_exists('Lib', false) ? 'in main' : 'not in main', "\n";
$deploy(9);
$renew($loading);
echo $loading->enqueue($late), "\n";
unlink($file);
rmdir($dir);
--EXPECT--
["v111",["p1"]]
["v222",["p2"]]
["v333",["p3"]]
["v444",["p4"]]
["v555",["p5"]]
v55 not in main
v99
