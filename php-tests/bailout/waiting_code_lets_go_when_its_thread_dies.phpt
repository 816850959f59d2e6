--TEST--
A fatal error ends what waits in the same thread in order: the memory of messages in flight is given back, user Fibers and deep calls included
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
use Async\Actor;
use function Async\await_all;

class Slow extends Actor
{
    public function wait(): void { Async\delay(60_000); }
}

class Waiting extends Actor
{
    public function __construct(private Slow $slow) {}
    public function wait(int $how, string $text): int
    {
        $wait = fn () => $this->slow->wait();
        $list = [1, 2];
        match ($how % 3) {
            0 => $wait(),
            1 => (new Fiber($wait))->start(),
            2 => usort($list, fn () => (new Fiber(fn () => array_map($wait, [1])))->start() ?? 0),
        };
        return strlen($text);
    }
    public function die(): void { eval('class Twice {} class Twice {}'); }
}

function rss(): int { return (int) preg_replace('/.*VmRSS:\s+(\d+).*/s', '$1', file_get_contents('/proc/self/status')); }

$text = str_repeat('x', 100_000);
function round_of(string $text): array
{
    $slow = new Slow();
    $actors = $calls = [];
    for ($i = 0; $i < 20; $i++) $actors[] = new Waiting($slow);
    foreach ($actors as $i => $actor) $calls[] = $actor->waitAsync($i, $text);
    try { (new Waiting($slow))->die(); } catch (Async\ThreadFatalError) {}
    [, $errors] = await_all($calls);
    return array_count_values(array_map(get_class(...), $errors));
}
for ($i = 0; $i < 5; $i++) round_of($text);
$before = rss();
for ($i = 0; $i < 30; $i++) $errors = round_of($text);
var_dump($errors, rss() - $before < 20_000);
--EXPECT--
array(1) {
  ["Async\ActorException"]=>
  int(20)
}
bool(true)
