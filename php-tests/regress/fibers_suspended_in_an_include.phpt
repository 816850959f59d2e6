--TEST--
Fibers that are suspended while a file is read and names give way, resumed in any order or never
--FILE--
<?php
use Async\Thread;
class Memory {
    public $context; private string $text; private int $at = 0;
    public static $files = [];
    public function stream_open($path) {
        $name = basename($path);
        if (Fiber::getCurrent()) Fiber::suspend($name);
        $this->text = self::$files[$name];
        return true;
    }
    public function stream_read($count) { $part = substr($this->text, $this->at, $count); $this->at += strlen($part); return $part; }
    public function stream_eof() { return $this->at >= strlen($this->text); }
    public function stream_stat() { return []; }
    public function stream_set_option() { return false; }
}
stream_wrapper_register('memory', 'Memory');
$come = function () { eval('namespace Q; function nsf() { return 5; } '); return eval('namespace Q; return static fn () => nsf();'); };
$c = (new Thread($come))->join();
echo $c(), "\n";
Memory::$files = ['a.php' => '<?php function fa() { return "fa"; }', 'b.php' => '<?php function fb() { return "fb"; }', 'c.php' => '<?php function fc() { return "fc"; }'];
$A = new Fiber(function () { include 'memory://a.php'; });
$B = new Fiber(function () { include 'memory://b.php'; });
$A->start(); $B->start();
echo "resume A\n"; $A->resume();
$junk = []; for ($i = 0; $i < 2000; $i++) $junk[] = str_repeat(chr(65 + $i % 20), 57344 + $i);
echo "resume B\n"; $B->resume();
$junk2 = []; for ($i = 0; $i < 300; $i++) $junk2[] = str_repeat('A', 100 * $i);
echo fa(), fb(), "\n";
eval('function later() { return strlen("abc") . fa(); }');
echo later(), "\n";
include 'memory://c.php';
echo fc(), "\n";

Memory::$files['never.php'] = Memory::$files['c.php'];
$never = new Fiber(function () { include 'memory://never.php'; });
$never->start();
eval('function between() { return "between"; }');
register_shutdown_function(function () { eval('function late() { return "late"; }'); echo late(), "\n"; });
echo between(), "\n";
eval("function between() {}");
--EXPECTF--
5
resume A
resume B
fafb
3fa
fc
between

Fatal error: Cannot redeclare %Sbetween() (previously declared in %s
late
