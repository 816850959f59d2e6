--TEST--
opcache_reset() while threads run code of the cache
--SKIPIF--
<?php if (!function_exists('opcache_reset') || !opcache_get_status(false)) die('skip for opcache');
--FILE--
<?php
use Async\Thread;
$dir = sys_get_temp_dir() . '/async_threads_reset_' . getmypid();
mkdir($dir);
file_put_contents("$dir/code.php", '<?php if (!class_exists("Cached", false)) {
    class Cached { const A = [1, 2, 3]; function go($n) { $s = 0; foreach (self::A as $k) $s += $k * $n; return $s . __CLASS__; } }
    function cached($x) { static $n = 0; return (new Cached)->go($x) . ++$n; } }');
require "$dir/code.php";
$task = function (int $k) use ($dir) {
    if ($k === 2) opcache_reset();
    require "$dir/code.php";
    for ($i = 0; $i < 50; $i++) $last = cached($i);
    return $last;
};
for ($round = 0; $round < 60; $round++) {
    $threads = [];
    for ($k = 0; $k < 6; $k++) $threads[] = new Thread($task, $k);
    foreach ($threads as $thread) if (($got = $thread->join()) !== '294Cached50') echo "$got\n";
}
echo "done\n";
array_map('unlink', glob("$dir/*.php"));
rmdir($dir);
--EXPECT--
done
