--TEST--
Circles of calls by every way to wait are DeadlockErrors, with one worker
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
use function Async\{await, await_all, await_all_or_fail, await_any_or_fail, await_first_success, spawn, delay, spawn_thread, timeout};
class A extends Async\Actor {
    public function name() { return 'name'; }
    public function call(A $b, string $how) {
        $f = $b->backAsync($this)->ignore();
        return match ($how) {
            'await' => await($f),
            'all' => (function ($r) { if ($r[1]) throw $r[1][0]; return $r[0]; })(await_all([$f])),
            'all_or_fail' => await_all_or_fail([$f]),
            'any' => await_any_or_fail([$f]),
            'first' => get_class(await_first_success([$f])[1][0]),
            'map' => await($f->map(fn($x) => $x)),
            'map_all' => await_all_or_fail([$f->map(fn($x) => $x)->finally(fn() => 1), $b->nameAsync()]),
            'spawned' => await(spawn(fn() => await($f))),
            'spawned_all' => await_all_or_fail([spawn(fn() => $b->back($this->self())), spawn(fn() => 1)]),
            'any_of_two' => await_any_or_fail([$f, $b->nameAsync()]),
            'any_with_way_out' => await_any_or_fail([$f, spawn(fn() => delay(5))]) ?? 'out',
            'token' => await($f, timeout(5)),
            'thread' => await(spawn_thread(fn() => $this->name())),
        };
    }
    public function self() { return $this; }
    public function back(A $a) { return $a->name(); }
    public function backSpawned(A $a) { return await(spawn(fn() => $a->name())); }
    public function viaPool(Async\ThreadPool $p) { $me = $this; $s = self::class; return $p->enqueue(static function () use ($me) { return $me->name(); }); }
    public function viaPool2(Async\ThreadPool $p) { $me = $this; return await_all_or_fail([$p->submit(static function () use ($p, $me) { return $p->enqueue(static fn() => $me->name()); })]); }
    public function selfCall(A $me) { return $me->name(); }
    public function selfTell(A $me) { $me->nameAsync()->ignore(); return 'told'; }
    public function selfAwait(A $me) { return await($me->nameAsync()); }
    public function coroutines() { $a = $b = null; $a = spawn(function () use (&$b) { await($b); }); $b = spawn(function () use (&$a) { await($a); }); return await($a); }
    public function auto($other) { spl_autoload_register(function ($c) use ($other) { if ($c === 'Nope') { $other->name(); } }); return class_exists('Nope'); }
}
$try = function (string $label, callable $f) { try { $r = $f(); echo $label, ': ', is_string($r) ? $r : json_encode($r), "\n"; } catch (Throwable $e) { while ($e instanceof Async\RemoteException) { $e = $e->getRemoteException(); } echo $label, ': ', get_class($e), "\n"; } };
$a = new A; $b = new A; $c = new A;
foreach (['await', 'all', 'all_or_fail', 'any', 'first', 'map', 'map_all', 'spawned', 'spawned_all', 'any_of_two', 'any_with_way_out', 'token', 'thread'] as $how) {
    $try($how, fn() => $a->call($b, $how));
    $try('  other worker', fn() => $a->call($c, $how));
}
$pool = new Async\ThreadPool(2);
$try('pool', fn() => $a->viaPool($pool));
$try('pool2', fn() => $a->viaPool2($pool));
$try('self', fn() => $a->selfCall($a));
$try('tell', fn() => $a->selfTell($a));
$try('selfAwait', fn() => $a->selfAwait($a));
$try('coroutines', fn() => $a->coroutines());
$try('auto', fn() => $a->auto($c));
$try('auto', fn() => $a->auto($b));
echo $a->name(), $b->name(), $c->name(), "\n";
--EXPECT--
await: Async\DeadlockError
  other worker: Async\DeadlockError
all: Async\DeadlockError
  other worker: Async\DeadlockError
all_or_fail: Async\DeadlockError
  other worker: Async\DeadlockError
any: Async\DeadlockError
  other worker: Async\DeadlockError
first: Async\DeadlockError
  other worker: Async\DeadlockError
map: Async\DeadlockError
  other worker: Async\DeadlockError
map_all: Async\DeadlockError
  other worker: Async\DeadlockError
spawned: Async\DeadlockError
  other worker: Async\DeadlockError
spawned_all: Async\DeadlockError
  other worker: Async\DeadlockError
any_of_two: Async\DeadlockError
  other worker: Async\DeadlockError
any_with_way_out: out
  other worker: out
token: Async\OperationCanceledException
  other worker: Async\OperationCanceledException
thread: Async\DeadlockError
  other worker: Async\DeadlockError
pool: Async\DeadlockError
pool2: Async\DeadlockError
self: Async\DeadlockError
tell: told
selfAwait: Async\DeadlockError
coroutines: Async\DeadlockError
auto: Async\DeadlockError
auto: Async\DeadlockError
namenamename
