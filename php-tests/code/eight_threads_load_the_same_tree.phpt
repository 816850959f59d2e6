--TEST--
Eight threads load the same tree of classes at once; then eight inherit it
--INI--
report_memleaks=0
--FILE--
<?php
use function Async\spawn_thread;
$dir = sys_get_temp_dir() . '/async_threads_tree_' . getmypid();
mkdir($dir);
$count = 150;
for ($i = 0; $i < $count; $i++) {
    $parent = $i ? 'extends T' . intdiv($i - 1, 3) : '';
    $trait = $i % 7 == 0 ? 'use TT;' : '';
    file_put_contents("$dir/T$i.php", "<?php\nclass T$i $parent implements TI { $trait const C$i = $i . self::X; public \$p$i = [self::C$i]; public static \$s$i = self::C$i;"
        . " public function m$i(): string { static \$n = 0; return __METHOD__ . \$this->p$i" . "[0] . self::\$s$i . ++\$n; } }\n");
}
file_put_contents("$dir/TI.php", '<?php interface TI { const X = "x"; }');
file_put_contents("$dir/TT.php", '<?php trait TT { private int $tt = 1; public function tt() { return ++$this->tt; } }');
$use = function () use ($count) {
    $all = '';
    for ($i = $count - 1; $i >= 0; $i--) {
        $class = "T$i";
        $object = new $class;
        $all .= $object->{"m$i"}() . (method_exists($object, 'tt') ? $object->tt() : '');
    }
    return md5($all);
};
$load = function () use ($dir, $use) { spl_autoload_register(function ($c) use ($dir) { require "$dir/$c.php"; }); return $use(); };
$results = [];
for ($round = 0; $round < 4; $round++) {
    $threads = [];
    for ($k = 0; $k < 8; $k++) $threads[] = spawn_thread($load, inherit: false);
    foreach ($threads as $thread) $results[$thread->join()] = 'loaded';
}
echo count($results), "\n";
$here = $load();
for ($round = 0; $round < 10; $round++) {
    $threads = [];
    for ($k = 0; $k < 8; $k++) $threads[] = spawn_thread(function () use ($use, $count) { eval('class Sub extends T' . ($count - 1) . ' {}'); new Sub; return $use(); });
    foreach ($threads as $thread) $results[$thread->join()] = 'inherited';
}
echo count($results), $results[$here], "\n";
array_map('unlink', glob("$dir/*.php"));
rmdir($dir);
--EXPECT--
1
1inherited
