--TEST--
Workers learn of functions, classes and constants that are declared after they have started, with the task that needs them
--FILE--
<?php
require __DIR__ . '/gate.inc';
$pool = new Async\ThreadPool(1, 8);
$missing = fn (int $n) => [function_exists("late$n"), class_exists("Late$n"), defined("LATE$n")];
show(fn () => $pool->enqueue($missing, 0));
for ($n = 0; $n < 3; $n++) {
    eval("function late$n() { return (new Late$n)->x + LATE$n; } class Late$n " . ($n ? 'extends Late' . ($n - 1) : '') . " { public \$x = $n; } const LATE$n = 10;");
    show(fn () => $pool->enqueue("late$n"));
    show(fn () => $pool->map([$n, $n + 1], $missing));
    show(fn () => get_class($pool->enqueue(fn () => new ("Late$n"))));
}
// A thread that submits knows other names than the one that made the pool.
show(fn () => (new Async\Thread(function () use ($pool) {
    eval('function elsewhere() { return 1; } class Elsewhere {}');
    return [$pool->enqueue('elsewhere'), get_class($pool->enqueue(fn () => new Elsewhere))];
}))->join());
--EXPECT--
[false,false,false]
10
[[true,true,true],[false,false,false]]
"Late0"
11
[[true,true,true],[false,false,false]]
"Late1"
12
[[true,true,true],[false,false,false]]
"Late2"
[1,"Elsewhere"]
