--TEST--
Closures that threads give back leave nothing behind in who gets them, however many threads there have been
--SKIPIF--
<?php if (!is_readable('/proc/self/statm')) echo 'skip needs /proc'; ?>
--FILE--
<?php
use Async\{RemoteException, Thread};

function next_one(int $i): int { return $i + 1; }
final class Box
{
    public function __construct(public mixed $value) {}
    public function opener(): Closure { return fn () => next_one($this->value); }
}

$tasks = [
    'plain' => static fn (int $i) => fn () => $i + 1,
    'with names' => static fn (int $i) => fn () => (new Box(next_one($i)))->value,
    'with $this' => static fn (int $i) => (new Box($i))->opener(),
    'with expressions' => static fn (int $i) => function () use ($i) { static $more = PHP_VERSION_ID > 0 ? 1 : 2; return $i + $more; },
    'in a trace' => static function (int $i) { (function (Closure $given, int $i) { throw new LogicException("$i"); })(fn () => $i, $i); },
];
ini_set('zend.exception_ignore_args', '0');
$resident = fn () => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4;
foreach ($tasks as $name => $task) {
    $wrong = 0;
    $run = function (int $count) use ($task, &$wrong) {
        for ($i = 0; $i < $count; $i++) {
            try {
                $wrong += (new Thread($task, $i))->join()() !== $i + 1;
            } catch (LogicException|RemoteException $e) {
                $wrong += $e->getMessage() !== "$i";
            }
            unset($e);
        }
        gc_collect_cycles();
    };
    // What is left behind grows each time; caches and tables grow in the beginning.
    for ($round = 0; $round < 6; $round++) {
        $before = $resident();
        $run(400);
        $grown = $resident() - $before;
        if ($grown < 200) {
            break;
        }
    }
    echo "$name: ", $wrong, ' wrong, ', $grown < 200 ? 'flat' : "$grown KB more", "\n";
}
?>
--EXPECT--
plain: 0 wrong, flat
with names: 0 wrong, flat
with $this: 0 wrong, flat
with expressions: 0 wrong, flat
in a trace: 0 wrong, flat
