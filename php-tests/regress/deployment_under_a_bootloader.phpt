--TEST--
A renewed worker whose bootloader brings a new version of a whole file is not held to what only the old version calls
--FILE--
<?php
use Async\ThreadPool;

$file = tempnam(sys_get_temp_dir(), 'deploy');
file_put_contents($file, '<?php function low() { return "old"; } function high() { return low() . " high"; }');
require $file;
$new = '<?php function low(string ...$more) { $a = [1, 2]; foreach ($a as $k => $x) $more[] = "$k$x"; return implode($more); } function high() { return low("new") . " high"; }';
$pool = new ThreadPool(1, bootloader: fn () => eval('?>' . $new));
echo $pool->enqueue(fn () => ('hi' . 'gh')()), ' ', high(), "\n";
unlink($file);
?>
--EXPECT--
new0112 high old high
