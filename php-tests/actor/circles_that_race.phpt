--TEST--
Actors on several workers that call one another at the same time: each call is answered or a DeadlockError, none hangs
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=4
--FILE--
<?php
use function Async\{await, await_all, await_all_or_fail, await_any_or_fail, spawn};
class Node extends Async\Actor {
    public int $handled = 0;
    private function value($result) { return $result instanceof Throwable ? throw $result : $result; }
    public function visit(array $path, int $how) {
        $this->handled++;
        if (!$path) { return 1; }
        $next = array_shift($path);
        return 1 + match ($how % 4) {
            0 => $next->visit($path, $how + 1),
            1 => await($next->visitAsync($path, $how + 1)->ignore()),
            2 => await_all_or_fail([$next->visitAsync($path, $how + 1)->ignore(), $next->visitAsync([], 0)])[0],
            3 => $this->value(await(spawn(function () use ($next, $path, $how) { try { return $next->visit($path, $how + 1); } catch (Async\DeadlockError $e) { return $e; } }))),
        };
    }
}
$nodes = [];
for ($i = 0; $i < 12; $i++) { $nodes[] = new Node; }
mt_srand(7);
$calls = [];
for ($i = 0; $i < 400; $i++) {
    $path = [];
    for ($k = mt_rand(1, 5); $k > 0; $k--) { $path[] = $nodes[mt_rand(0, 11)]; }
    $first = array_shift($path);
    $calls[] = $first->visitAsync($path, mt_rand(0, 3));
}
[$results, $errors] = await_all($calls);
foreach ($errors as $error) {
    if (!$error instanceof Async\DeadlockError) { echo get_class($error), ': ', $error->getMessage(), "\n"; }
}
var_dump(count($results) + count($errors), count($errors) > 0);
foreach ($nodes as $node) { $node->visit([], 0); }
// Two that call each other for ever: at any time at most one of them can be refused.
[$a, $b] = $nodes;
$ok = $refused = 0;
for ($i = 0; $i < 200; $i++) {
    [$r, $e] = await_all([$a->visitAsync([$b], $i), $b->visitAsync([$a], $i)]);
    $ok += count($r); $refused += count($e);
}
var_dump($ok + $refused, $ok >= 200);
--EXPECT--
int(400)
bool(true)
int(400)
bool(true)
