--TEST--
A thread started by an autoloader, while a class is being declared
--FILE--
<?php
use Async\Thread;
$seen = [];
spl_autoload_register(function ($class) use (&$seen) {
    if ($class === 'Middle') {
        $seen[] = (new Thread(fn () => [class_exists('Child', false), class_exists('Root'), class_exists('Middle')]))->join();
        $seen[] = (new Thread(function () { eval('class Middle { const WHERE = "thread"; }'); declares(); return [(new Child)->where(), class_exists('Child')]; }))->join();
        eval('class Middle extends Root { const WHERE = "main"; }');
    }
});
class Root {}
function declares() { class Child extends Middle { public function where() { return static::WHERE; } } }
declares();
echo json_encode($seen), ' ', (new Child)->where(), "\n";
echo (new Thread(fn () => (new Child)->where()))->join(), "\n";
--EXPECT--
[[false,true,false],["thread",true]] main
main
