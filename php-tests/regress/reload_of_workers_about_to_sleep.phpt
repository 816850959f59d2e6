--TEST--
reload() renews every worker once, also those that are just about to sleep or have just begun
--FILE--
<?php
$pool = new Async\ThreadPool(2);
$restarts = fn () => array_column($pool->stats()['workers'], 'restarts');
// A worker that begins only now is fresh anyway: let both have begun.
while (in_array(0, array_column($pool->stats()['workers'], 'tasks'))) $pool->map(range(1, 10), fn () => 1, 1);
$random = new Random\Randomizer(new Random\Engine\Xoshiro256StarStar(1));
for ($round = 1; $round <= 300; $round++) {
    $future = $pool->submit(fn () => 1);
    for ($i = $random->getInt(0, 400); $i > 0; $i--);
    $pool->reload();
    $future->await();
    while (array_sum($restarts()) < 2 * $round) Async\delay(1);
    if ($restarts() !== [$round, $round]) die("round $round: " . json_encode($restarts()));
}
echo "300 rounds\n";
--EXPECT--
300 rounds
