--TEST--
What handles of actors do as any object does: private methods by callable, `??` and __isset, the spelling that __call is told, no destructor without a constructor
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private function secret() { return 'secret'; }
    protected function hidden() { return 'hidden'; }
    public function tryOn(A $other, string $method, int $way) {
        try {
            return match ($way) {
                0 => call_user_func([$other, $method]),
                1 => array_map([$other, $method], [1]),
                2 => Closure::fromCallable([$other, $method])(),
                3 => (new ReflectionMethod($other, $method))->invoke($other),
            };
        } catch (Error $e) { return $e->getMessage(); }
    }
}
$a = new A; $b = new A;
foreach (['secret', 'hidden'] as $method) for ($way = 0; $way < 3; $way++) echo $a->tryOn($b, $method, $way), "\n";

class Magic extends Async\Actor {
    public function __isset($name) { return $name === 'set'; }
    public function __get($name) { return $name === 'set' ? 'value' : throw new Exception("asked for $name"); }
    public function __call($name, $args) { return $name; }
}
$m = new Magic;
var_dump($m->set ?? 'default', $m->other ?? 'default', isset($m->other), $m->Foo() . $m->foo() . $m->FOO() . $m->foo() . Async\await($m->BarAsync()));

class Fails extends Async\Actor {
    public function __construct() { throw new DomainException('not built'); }
    public function __destruct() { echo "destructed\n"; }
}
try { new Fails; } catch (DomainException $e) { echo $e->getMessage(), "\n"; }

// A supervised actor that dies while it is built again is tried again; one that throws then says why it is given up.
#[Async\Supervised(restarts: 3, within: 600)]
class S extends Async\Actor {
    public function __construct(private string $file, int $failing, bool $throws) {
        file_put_contents($file, 'x', FILE_APPEND);
        clearstatcache();
        if (filesize($file) === $failing) $throws ? throw new DomainException('the database is away') : $this->die();
    }
    public function hi() { return 'hi'; }
    public function die() { ini_set('memory_limit', '8M'); return strlen(str_repeat('x', 100_000_000)); }
}
foreach ([false, true] as $throws) {
    $s = new S($file = tempnam(sys_get_temp_dir(), 's'), 2, $throws);
    try { $s->die(); } catch (Async\ThreadFatalError $e) { echo get_class($e), "\n"; }
    // It may be on its way still.
    for ($i = 0; $i < 1000 && strlen(file_get_contents($file)) < ($throws ? 2 : 3); $i++) Async\delay(1);
    try { echo $s->hi(), "\n"; } catch (Async\ActorException $e) { echo preg_replace(['/#\d+/', '/ in \S+$/'], ['#n', ''], $e->getMessage()), "\n"; }
    unlink($file);
}
?>
--EXPECT--
Call to private method A::secret() of an actor: only public methods are messages
Call to private method A::secret() of an actor: only public methods are messages
Call to private method A::secret() of an actor: only public methods are messages
Call to protected method A::hidden() of an actor: only public methods are messages
Call to protected method A::hidden() of an actor: only public methods are messages
Call to protected method A::hidden() of an actor: only public methods are messages
string(5) "value"
string(7) "default"
bool(false)
string(15) "FoofooFOOfooBar"
not built
Async\ThreadFatalError
hi
Async\ThreadFatalError
S#n is not there any more: its constructor failed: uncaught DomainException: the database is away
