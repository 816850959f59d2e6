--TEST--
Output buffers that a coroutine leaves open are its own to the end; derived futures, callbacks and hand-overs end once, and all of them do
--FILE--
<?php
use Async\{Future, FutureState, Thread};
use function Async\{await, delay, get_coroutines, spawn, suspend};
require __DIR__ . '/../thread/gate.inc';
function try_it($f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } }

$waits = spawn(function () { ob_start(function ($text) { suspend(); return strtoupper($text); }); echo "hi\n"; return 5; });
try_it(fn () => await($waits));
try_it(fn () => $waits->isCompleted());

$throws = spawn(function () { ob_start(function () { throw new Exception('from the callback'); }); echo "hello\n"; return 5; });
$innocent = spawn(function () { suspend(); suspend(); return 'fine'; });
try_it(fn () => await($innocent));
try_it(fn () => await($throws));

$derived = Future::completed(1)->map(fn ($x) => $x + 1);
foreach (get_coroutines() as $coroutine) $coroutine->cancel();
try_it(fn () => await($derived));
$derived = (new Future($state = new FutureState))->map(fn ($x) => $x + 1);
foreach (get_coroutines() as $coroutine) $coroutine->cancel();
try_it(fn () => await($derived));

final class Resolves implements Async\Transferable
{
    public function __construct(private FutureState $state) {}
    public function transfer(): mixed { $this->state->complete('inner'); return 1; }
    public static function restore(mixed $state): static { throw new LogicException; }
}
$future = new Future($state = new FutureState);
$thread = new Thread(function () use ($state) {
    try { $state->complete(new Resolves($state)); } catch (Async\AsyncException $e) { return $e->getMessage(); }
});
try_it(fn () => $thread->join());
try_it(fn () => await($future));

$gate = open_gate();
$address = address_of($gate);
for ($i = 0; $i < 3; $i++) {
    // Once it has ended the callback would be called at once.
    $threads[$i] = new Thread(fn () => pass($address));
    $threads[$i]->finally(fn () => throw new Exception("callback $i"));
}
for ($i = 0; $i < 3; $i++) {
    $arrived[$i] = await_arrival($gate);
}
array_map(fclose(...), $arrived);
--EXPECTF--
HI
int(5)
bool(true)
hello
string(4) "fine"
Exception: from the callback
int(2)
Async\AsyncCancellation: %s
string(35) "The FutureState is resolved already"
string(5) "inner"

Warning: Uncaught Exception: callback 2 in %a
  thrown in %s on line %d

Warning: Uncaught Exception: callback 1 in %a
  thrown in %s on line %d

Warning: Uncaught Exception: callback 0 in %a
  thrown in %s on line %d
