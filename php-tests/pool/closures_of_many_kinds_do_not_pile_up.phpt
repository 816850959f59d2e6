--TEST--
A worker that has run thousands of different closures starts afresh, and holds their code no longer
--FILE--
<?php
function resident(): int { return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4; }

$pool = new Async\ThreadPool(1);
$run = function (int $from, int $to) use ($pool) {
    for ($i = $from; $i < $to; $i++) {
        $closure = eval("return function (\$a) { static \$n = $i; \$f = function () { static \$m = 1; return fn () => fn () => ++\$m; }; return \$n . \$a; };");
        $pool->enqueue($closure, 'x') === "{$i}x" || exit("wrong code at $i\n");
    }
    unset($closure);
    // What main has compiled stays with main.
    return resident() - (memory_get_usage() >> 10);
};
$before = $run(0, 9000);
$after = $run(9000, 18_000);
var_dump($pool->stats()['workers'][0]['restarts'] >= 3);
echo $after - $before < 20_000 ? "flat\n" : "grew by " . ($after - $before) . " kB\n";
echo (new Async\Thread(fn () => 'there is room for more code'))->join(), "\n";
?>
--EXPECT--
bool(true)
flat
there is room for more code
