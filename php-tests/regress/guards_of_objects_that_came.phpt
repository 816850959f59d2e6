--TEST--
Objects that came guard against recursion from the start, whatever was in their memory before
--FILE--
<?php
final class Guarded implements JsonSerializable
{
    public function __construct(public int $n) {}
    public function __get(string $name) { return $this->$name ?? "got $name"; }
    public function __isset(string $name) { return true; }
    public function jsonSerialize(): mixed { return $this->n; }
}

$task = static function (array $given) {
    foreach ($given as $n => $object) {
        if (json_encode($object) !== (string) $n || $object->missing !== 'got missing' || print_r($object, true) === '') {
            return "wrong at $n: " . json_last_error_msg();
        }
    }
    return $given;
};
$given = array_map(fn ($n) => new Guarded($n), range(0, 999));
for ($round = 0; $round < 5; $round++) {
    // Blocks of the same size, full of ones.
    $dirty = array_map(fn ($n) => str_repeat("\xff", 24 + $n % 48), range(0, 9999));
    unset($dirty);
    $pool ??= new Async\ThreadPool(1);
    $pool->enqueue(static function () { $dirty = array_map(fn ($n) => str_repeat("\xff", 24 + $n % 48), range(0, 9999)); });
    $back = $pool->enqueue($task, $given);
    $back = is_array($back) ? $task($back) : $back;
    echo is_array($back) ? 'right' : $back, "\n";
}
--EXPECT--
right
right
right
right
right
