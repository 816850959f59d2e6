--TEST--
Tasks that have been tiny so far do not wait for a long one among them as long as another worker is free
--FILE--
<?php
// Each long task ends when a task submitted after it has run: with one worker it never would.
$pool = new Async\ThreadPool(2, 1_000);
$flag = sys_get_temp_dir() . '/async_threads_flag_' . getmypid();
$tiny = static fn () => 1;
$sum = 0;
for ($round = 0; $round < 60; $round++) {
    $futures = [];
    for ($i = 0; $i < 400; $i++) {
        $futures[] = $pool->submit($tiny);
    }
    $long = static function () use ($flag) {
        while (!file_exists($flag)) {
            clearstatcache();
        }
        return 1000;
    };
    $futures[] = $pool->submit($long);
    for ($i = 0; $i < $round; $i++) {
        $futures[] = $pool->submit($tiny);
    }
    $futures[] = $pool->submit(static fn () => touch($flag) ? 1 : 0);
    foreach ($futures as $future) {
        $sum += $future->await();
    }
    unlink($flag);
    clearstatcache();
}
var_dump($sum === 60 * (400 + 1000 + 1) + array_sum(range(0, 59)));
// Two long ones at once, each of which waits for the other to have begun.
for ($i = 0; $i < 400; $i++) {
    $pool->submit($tiny)->ignore();
}
$meet = static function (string $mine, string $other) {
    touch($mine);
    while (!file_exists($other)) {
        clearstatcache();
    }
    return true;
};
$pair = [$pool->submit($meet, "$flag.1", "$flag.2"), $pool->submit($meet, "$flag.2", "$flag.1")];
var_dump(Async\await_all_or_fail($pair));
array_map(unlink(...), ["$flag.1", "$flag.2"]);
$pool->close();
?>
--EXPECT--
bool(true)
array(2) {
  [0]=>
  bool(true)
  [1]=>
  bool(true)
}
