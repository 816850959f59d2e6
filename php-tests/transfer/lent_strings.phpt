--TEST--
Long strings are read where the sender has them, and the sender may write to them, free them, end or fail meanwhile
--EXTENSIONS--
async_threads
--INI--
memory_limit=512M
--FILE--
<?php
use Async\{Thread, ThreadPool};
use function Async\await_all;

const LENGTH = 1 << 20;
function long(int $n, int $length = LENGTH): string { return str_repeat(chr(97 + $n % 26), $length + $n); }
function equals_long(string $text, int $n, int $length = LENGTH): bool { return $text === long($n, $length); }
$echo = static fn ($value) => $value;
$check = static fn (string $text, int $n) => equals_long($text, $n);
$pool = new ThreadPool(1);

// There and back, around the length from which on strings are lent.
$wrong = 0;
foreach ([-1, 0, 1] as $more) {
    $text = random_bytes((256 << 10) + $more);
    $wrong += $pool->submit($echo, $text)->await() !== $text;
    $wrong += (new Thread($echo, $text))->join() !== $text;
    $wrong += (new Thread(static fn () => $text))->join() !== $text;
}
echo "lengths: $wrong wrong\n";

// In one graph: shared, in properties and references, and as a key, which is not lent.
$text = long(3);
$object = new stdClass;
$object->p = $text;
$reference = $text;
$back = $pool->submit($echo, ['a' => $text, 'o' => $object, 'r' => &$reference, 's' => &$reference, $text => 1, 'f' => fn () => $text, 'e' => new LogicException($text)])->await();
var_dump($back['a'] === $text, $back['o']->p === $text, $back['r'] === $text, isset($back[$text]), $back['f']() === $text, $back['e']->getMessage() === $text);
$back['r'] = 'changed';
var_dump($back['s'], $reference === $text);
unset($back, $object, $reference);

// Written to, appended to and freed right after it was sent, while it waits in the queue or is being read.
$futures = [];
for ($n = 0; $n < 40; $n++) {
    $text = long($n);
    $futures[] = $pool->submit($check, $text, $n);
    match ($n % 4) {
        0 => $text[0] = '!',
        1 => $text .= 'more',
        2 => $text = null,
        3 => null,
    };
}
[$results, $errors] = await_all($futures);
echo 'written to: ', count(array_filter($results)), ' right, ', count($errors), " errors\n";
unset($futures, $results, $errors, $text);

// The sender's memory comes home: at a transfer after the one with which the worker has let go of it.
$come_home = static function () use ($pool, $echo) {
    for ($i = 0; $i < 3; $i++) {
        $pool->submit($echo, [$i])->await();
    }
};
$come_home();
$before = memory_get_usage();
for ($n = 0; $n < 200; $n++) {
    $pool->submit($check, long($n), $n)->await();
}
$come_home();
echo memory_get_usage() - $before < LENGTH ? "all home\n" : "kept\n";

// A sender that ends first: a thread's result outlives it. Sometimes both happen at once.
$wrong = 0;
for ($n = 0; $n < 300; $n++) {
    $wrong += !equals_long((new Thread(static fn () => long($n, 300_000)))->join(), $n, 300_000);
}
$threads = array_map(static fn (int $n) => new Thread(static fn () => long($n, 300_000)), range(0, 20));
(new Thread(static fn () => 1))->join();
foreach ($threads as $n => $thread) {
    $wrong += !equals_long($thread->join(), $n, 300_000);
}
echo "ended first: $wrong wrong\n";
unset($threads, $thread);

// A receiver that never comes: tasks cancelled in the queue, results nobody asks for, sends that are refused.
$other = new ThreadPool(1, 100);
for ($n = 0; $n < 20; $n++) {
    $other->submit($echo, long($n))->ignore();
}
$other->cancel();
for ($n = 0; $n < 20; $n++) {
    $ignored = new Thread(static fn () => long($n));
    $ignored->join();
    try {
        $pool->submit($echo, [long($n), STDERR]);
    } catch (Async\ThreadTransferException) {
    }
}
unset($other, $ignored);
gc_collect_cycles();
$come_home();
echo memory_get_usage() - $before < LENGTH ? "all home\n" : "kept\n";

// A sender that dies of a fatal error while its strings wait to be read, or are being read.
$dies = static function (int $n) {
    $pool = new ThreadPool(2, 100);
    for ($i = 0; $i < 8; $i++) {
        $pool->submit(static fn ($text) => strlen($text), long($n + $i));
    }
    ini_set('memory_limit', memory_get_usage(true) + (8 << 20));
    str_repeat('x', 128 << 20);
};
$fatal = 0;
for ($n = 0; $n < 30; $n++) {
    try {
        (new Thread($dies, $n))->join();
    } catch (Async\ThreadFatalError $e) {
        $fatal += str_contains($e->getMessage(), 'Allowed memory size');
    }
}
echo "fatal: $fatal\n";

// The receiver runs out of memory for it, and can take the next one.
$small = new ThreadPool(1);
$small->submit(static fn () => ini_set('memory_limit', '4M'))->await();
try {
    $small->submit($echo, long(1, 8 << 20))->await();
} catch (Async\ThreadFatalError $e) {
    echo "receiver without memory\n";
}
var_dump($small->submit($check, long(5), 5)->await());

// The end of the script finds some on their way.
for ($n = 0; $n < 5; $n++) {
    $pool->submit($check, long($n), $n)->ignore();
}
echo "done\n";
?>
--EXPECT--
lengths: 0 wrong
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(7) "changed"
bool(true)
written to: 40 right, 0 errors
all home
ended first: 0 wrong
all home
fatal: 30
receiver without memory
bool(true)
done
