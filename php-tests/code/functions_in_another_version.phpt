--TEST--
A bootloader's own version of a function: used where calls fit it, refused where they cannot
--FILE--
<?php
use Async\ThreadPool;
// Nothing optimizes code of eval().
eval('function plain() { return "of the creator"; }
function unused() { return "of the creator"; }
function caller() { return plain(); }');
$unused = 'unused';
function run(string $code, Closure $task) {
    try {
        $pool = new ThreadPool(1, bootloader: fn () => eval($code));
        echo json_encode($pool->submit($task)->await()), "\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
run('function plain() { return "of the bootloader"; }', fn () => [plain(), caller(), unused()]);
run('function plain() { $a = [1]; foreach ($a as $b => $c) { $d = "$b$c" . count($a); } return $d; }', fn () => caller());
run('function unused() { $a = [1]; foreach ($a as $b => $c) { $d = "$b$c" . count($a); } return $d; }', fn () => [caller(), $unused()]);
run('class Own { const A = "own"; } const C = 1; define("D", 2);', fn () => [Own::A, C, D, caller()]);
--EXPECT--
["of the bootloader","of the bootloader","of the creator"]
Async\ThreadPoolException: The bootloader of the pool failed: function plain() in this thread differs from the one its creator's code was compiled against
["of the creator","011"]
["own",1,2,"of the creator"]
