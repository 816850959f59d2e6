--TEST--
A bootloader finds the classes of its creator also when its own code does not name them
--FILE--
<?php
use function Async\spawn_thread;
class Base { function hi() { return 'hi'; } }
$file = tempnam(sys_get_temp_dir(), 'boot');
file_put_contents($file, '<?php class Kid extends Base {}');
echo spawn_thread(fn () => (new Kid)->hi(), bootloader: fn () => require $file)->join(), "\n";
var_dump(spawn_thread(fn () => $GLOBALS['there'], bootloader: function () { $GLOBALS['there'] = class_exists('BASE'); })->join());
unlink($file);
?>
--EXPECT--
hi
bool(true)
