--TEST--
Weak references to an object that its own state makes, and to objects that are others each time, are dead; `exit` in an argument of a trace is not lost
--EXTENSIONS--
async_threads
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use Async\Thread;
$send = fn ($value) => (new Thread(fn ($v) => $v, $value))->join();

class Own implements Async\Transferable {
    public $weak;
    public function transfer(): mixed { return [WeakReference::create($this), new WeakMap]; }
    public static function restore(mixed $state): static { $own = new static; $own->weak = $state[0]; return $own; }
}
$own = new Own;
$there = $send([$own, $own]);
var_dump($there[0] === $there[1], $there[0]->weak->get());

class Others implements Async\Transferable {
    public function transfer(): mixed { $o = new stdClass; return [WeakReference::create($o), $o]; }
    public static function restore(mixed $state): static { $GLOBALS['state'] = $state; return new static; }
}
var_dump($send(new Others) instanceof Others, is_object($state[1]));

class Exits extends ArrayObject { public function __serialize(): array { exit(7); } }
function f($x) { throw new Exception('e'); }
try {
    (new Thread(function () { try { f(new Exits); } catch (Exception $e) {} new Thread(fn ($v) => 1, $e); echo "went on\n"; }))->join();
} catch (Async\ThreadExitException $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECT--
bool(true)
NULL
bool(true)
bool(true)
The thread called exit(7)
