--TEST--
An actor that calls itself from where PHP calls it back, or from coroutines in coroutines, gets a DeadlockError and goes on
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await, protect, spawn};
class A extends Async\Actor {
    public function name() { return 'name'; }
    public function generator(A $me) { foreach ((function () use ($me) { yield $me->name(); })() as $x) return $x; }
    public function fiber(A $me) { $fiber = new Fiber(fn() => $me->name()); $fiber->start(); return $fiber->getReturn(); }
    public function output(A $me) { ob_start(); echo 'x'; ob_start(fn($text) => $text . $me->name()); try { ob_end_flush(); } finally { ob_end_clean(); } }
    public function destructor(A $me) { $o = new Dies($me); unset($o); }
    public function collector(A $me) { $o = new Dies($me); $o->self = $o; unset($o); gc_collect_cycles(); }
    public function sort(A $me) { $list = [2, 1]; usort($list, fn($a, $b) => $me->name() <=> 'x'); }
    public function handler(A $me) { set_error_handler(fn() => $me->name()); try { trigger_error('x'); } finally { restore_error_handler(); } }
    public function text(A $me) { return 'text: ' . new Text($me); }
    public function protected(A $me) { return protect(fn() => $me->name()); }
    public function constructor(A $me) { return new Asks($me); }
    public function property(A $me) { return (new Asks(null, $me))->name; }
    public function coroutines(A $me) { return await(spawn(fn() => await(spawn(fn() => await($me->nameAsync()))))); }
    public function later(A $other, A $me) {
        $this->kept = spawn(function () use ($other, $me) { try { return $other->ask($me); } catch (Async\DeadlockError $e) { return $e; } });
        $me->nowAsync()->ignore();
    }
    public function now() { try { $this->kept = get_debug_type(await($this->kept)); } catch (Async\DeadlockError $e) { $this->kept = get_class($e); } }
    public function kept() { return $this->kept; }
    public function ask(A $other) { return $other->name(); }
    private $kept;
}
class Dies { public $self; public function __construct(private A $a) {} public function __destruct() { $this->a->name(); } }
class Text { public function __construct(private A $a) {} public function __toString() { return $this->a->name(); } }
class Asks extends Async\Actor { public function __construct(?A $a, private ?A $later = null) { $a?->name(); } public function __get($name) { return $this->later->$name(); } }
$a = new A; $b = new A;
foreach (['generator', 'fiber', 'output', 'destructor', 'collector', 'sort', 'handler', 'text', 'protected', 'constructor', 'property', 'coroutines'] as $how) {
    try { $answer = $a->$how($a); echo $how, ': ', json_encode($answer), "\n"; } catch (Async\DeadlockError $e) { echo $how, ' ', get_class($e), "\n"; }
}
// The coroutine was left behind by one message, and the next one waits for it.
$a->later($b, $a);
echo $a->kept(), "\n";
echo $a->name(), $b->name(), "\n";
--EXPECT--
generator Async\DeadlockError
fiber Async\DeadlockError
output Async\DeadlockError
destructor Async\DeadlockError
collector Async\DeadlockError
sort Async\DeadlockError
handler Async\DeadlockError
text Async\DeadlockError
protected Async\DeadlockError
constructor Async\DeadlockError
property Async\DeadlockError
coroutines Async\DeadlockError
Async\DeadlockError
namename
