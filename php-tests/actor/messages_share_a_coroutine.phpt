--TEST--
Messages that do not wait run in one coroutine, and nothing of one is left for the next: error reporting, cancellation, buffers, the coroutine's name
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
use Async\Actor;
use function Async\{await, current_coroutine, delay, get_coroutines, protect};

class One extends Actor
{
    private array $kept = [];
    public function leaves(): void { @exit(1); }
    public function prints(): void { ob_start(); echo "buffered\n"; }
    public function reports(): array { return [(bool) (error_reporting() & E_NOTICE), ob_get_level(), error_get_last()]; }
    public function warns(): void { @trigger_error('forgotten'); }
    public function keeps(): int { $this->kept[] = current_coroutine(); return count($this->kept); }
    public function ended(): array { return array_map(fn ($c) => $c->isCompleted(), $this->kept); }
    public function same(): bool { return $this->kept[0] === current_coroutine(); }
    public function finally(): void { current_coroutine()->finally(function () { echo "its end\n"; }); }
    public function count(): int { return count(get_coroutines()); }
    public function rests(): void { delay(2); }
    public function busy(): void { while (true); }
    public function waits(One $other): int { delay(1); return $other->count(); }
}

$one = new One();
$other = new One();
try { $one->leaves(); } catch (Async\ThreadExitException $e) { echo $e->getMessage(), "\n"; }
$one->warns();
$one->prints();
echo json_encode($other->reports()), "\n";
// Who has the coroutine in hand sees it end with its message.
var_dump($one->keeps(), $other->count(), $one->ended(), $one->same());
$one->finally();
$other->rests();
// One waits, one answers; the one that takes turns is not to be seen while it does nothing.
var_dump($one->waits($other));
// A cancellation meant for one message never hits another.
for ($i = 0; $i < 20; $i++) {
    $future = $one->countAsync();
    $future->cancel();
    try { await($future); } catch (Async\AsyncCancellation) {}
    if ($other->count() !== 1) echo "hit\n";
}
$busy = $one->busyAsync();
try { await($busy, Async\timeout(20)); } catch (Async\OperationCanceledException $e) { echo get_class($e), "\n"; }
var_dump($one->count());
--EXPECT--
The thread called exit(1)
buffered
[true,0,null]
int(1)
int(1)
array(1) {
  [0]=>
  bool(true)
}
bool(false)
its end
int(2)
Async\OperationCanceledException
int(1)
