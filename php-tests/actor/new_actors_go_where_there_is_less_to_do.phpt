--TEST--
A new actor is placed on the worker with the least to do, not with the fewest actors
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=2
--FILE--
<?php
use function Async\{actor_stats, await};

class Worker extends Async\Actor {
    public function burn(string $until): string { while (!file_exists($until)) clearstatcache(); return 'burnt'; }
    public function nothing(): void {}
}

$file = tempnam(sys_get_temp_dir(), 'placement');
unlink($file);
$first = new Worker();
$burnt = $first->burnAsync($file);
while (actor_stats($first)['mailbox'] > 0) Async\suspend();
$home = actor_stats($first)['worker'];
// By number alone, every other one would wait behind the first.
for ($i = 0; $i < 6; $i++) {
    $more[] = $actor = new Worker();
    $actor->nothing();
}
var_dump(in_array($home, array_map(fn ($actor) => actor_stats($actor)['worker'], $more), true));
touch($file);
var_dump(await($burnt));
unlink($file);
?>
--EXPECT--
bool(false)
string(5) "burnt"
