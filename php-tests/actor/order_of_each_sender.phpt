--TEST--
Messages of one sender are handled in its order: senders in threads, pools, actors and coroutines, with and without a bounded mailbox
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await, await_all_or_fail, spawn, spawn_thread, suspend};
class Seen extends Async\Actor {
    private array $seen = [];
    public function see(string $who, int $i) { $this->seen[$who][] = $i; }
    public function seen() { return $this->seen; }
}
#[Async\Mailbox(capacity: 3)] class Small extends Seen {}
class Sender extends Async\Actor {
    public function send(Seen $to, string $who, int $times) { for ($i = 0; $i < $times; $i++) { $to->seeAsync($who, $i)->ignore(); } }
}
$pool = new Async\ThreadPool(2);
foreach (['Seen', 'Small'] as $class) {
    $to = new $class;
    $wait = [];
    // A thread sends from several coroutines.
    for ($t = 0; $t < 2; $t++) {
        $wait[] = spawn_thread(function () use ($to, $t) {
            for ($k = 0; $k < 3; $k++) { spawn(function () use ($to, $t, $k) { for ($i = 0; $i < 50; $i++) { $to->seeAsync("thread $t $k", $i); if ($i % 7 === 0) suspend(); } }); }
        });
    }
    for ($p = 0; $p < 3; $p++) { $wait[] = $pool->submit(function () use ($to, $p) { for ($i = 0; $i < 50; $i++) { $to->seeAsync("pool $p", $i); } }); }
    for ($a = 0; $a < 3; $a++) { $wait[] = (new Sender)->sendAsync($to, "actor $a", 50); }
    for ($c = 0; $c < 3; $c++) { $wait[] = spawn(function () use ($to, $c) { for ($i = 0; $i < 50; $i++) { $i % 10 === 9 ? $to->see("coroutine $c", $i) : $to->seeAsync("coroutine $c", $i); } }); }
    for ($i = 0; $i < 50; $i++) { $to->seeAsync('main', $i); }
    await_all_or_fail($wait);
    $seen = $to->seen();
    echo $class, ' ', count($seen), "\n";
    foreach ($seen as $who => $list) { if ($list !== range(0, 49)) { echo $who, ': ', implode(',', $list), "\n"; } }
}
--EXPECT--
Seen 16
Small 16
