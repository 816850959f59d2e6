--TEST--
Preloaded classes and functions, and children of theirs
--INI--
opcache.preload={PWD}/preloaded.inc
opcache.preload_user=root
--SKIPIF--
<?php if (!function_exists('opcache_get_status') || !opcache_get_status(false)) die('skip for opcache');
--FILE--
<?php
use Async\Thread;
class Child extends PreloadedBase { public function own() { return parent::hello() . PreloadedEnum::pick()->name; } }
$use = fn () => [(new Child)->own(), (new PreloadedBase)->next(), (new Child)->next(), preloaded_function(), preloaded_function('x'), PreloadedEnum::cases()[0]->value, (new class extends PreloadedBase {})->hello() !== ''];
$here = $use();
for ($i = 0; $i < 5; $i++) {
    $threads = [];
    for ($k = 0; $k < 4; $k++) $threads[] = new Thread($use);
    foreach ($threads as $thread) if ($thread->join() !== $here) echo "different\n";
}
echo json_encode($here), "\n";
--EXPECT--
["ChildpreloadedB","11","22","preloaded1","x2","a",true]
