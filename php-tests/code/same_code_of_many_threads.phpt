--TEST--
Threads that load the same file and give closures and objects back: who gets them keeps one copy of the code, and tells other code from it
--FILE--
<?php
use Async\Thread;

$file = sys_get_temp_dir() . '/async_threads_same_code_' . getmypid() . '.php';
$code = '<?php
class Own {
    const TEN = 10;
    public array $list = ["a" => [1, 2.5, "three"]];
    public ?self $next = null;
    static function add() { return static fn (int $x, int $y = self::TEN): int => own($x) + $y + strlen(__METHOD__) * 0; }
    function sum() { return array_sum(array_map(fn ($x) => (int) $x, $this->list["a"])); }
}
function own(int $x) { static $calls = 0; $calls++; return $x; }
' . implode('', array_map(fn ($i) => "class More$i { public \$p$i = $i; function m$i() { return __CLASS__ . $i; } }\n", range(1, 20))) . '
return static function (string $text) { return str_pad($text, 8, "#1") . 1; };
';
$load = static fn () => include $file;
$task = function () use ($file) {
    $plain = include $file;
    return [Own::add(), $plain, new Own, new More7];
};
function resident(): int {
    return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4;
}
function check(array $came, string $expected): void {
    [$add, $plain, $own, $more] = $came;
    $answer = [$add(1), $add(1, 2), $plain('a'), $own->sum(), $more->m7(), $own instanceof Own];
    $answer === [11, 3, $expected, 3, 'More77', true] || exit('wrong: ' . json_encode($answer));
}

file_put_contents($file, $code);
$start = 0;
for ($i = 0; $i < 500; $i++) {
    check((new Thread($task))->join(), 'a#1#1#1#1');
    if ($i === 99) {
        $start = resident();
    }
}
$grown = resident() - $start;
echo $grown < 4000 ? "flat\n" : "$grown kB more\n";

// Other code of the same size and shape in the same place.
$task = function () use ($file) {
    function_exists('opcache_invalidate') && opcache_invalidate($file, true);
    return include $file;
};
$all = [];
foreach (["12", "13", "1.", ".1", "'1'", "'2'", '[1]', '[2]', '-1', '+1', '$x', '$y', '!1', '!0', 'f()', 'g()', 'C', 'D'] as $value) {
    $type = ctype_alpha($value) ? '?int' : ' int';
    file_put_contents($file, "<?php return static fn ($type \$x = 5, $type \$y = 6) => [$value];");
    array_push($all, (new Thread($task))->join(), (new Thread($task))->join());
}
function f() { return 'f'; }
function g() { return 'g'; }
const C = 'c', D = 'd';
foreach (array_chunk($all, 2) as [$first, $second]) {
    echo json_encode($first()), $first() === $second() ? ' ' : 'differ ', (new ReflectionFunction($second))->getParameters()[1]->getType(), "\n";
}
// Numbers that are places of slots elsewhere.
for ($i = 0; $i < 60; $i++) {
    $number = 8 * (($i < 30 ? 270 : 350) + $i) + 1;
    file_put_contents($file, "<?php return static fn () => $number;");
    $answer = (new Thread($task))->join()();
    $answer === $number || exit("$answer instead of $number");
}
unlink($file);
echo "done\n";
--EXPECT--
flat
[12] int
[13] int
[1] int
[0.1] int
["1"] int
["2"] int
[[1]] int
[[2]] int
[-1] int
[1] int
[5] int
[6] int
[false] int
[true] int
["f"] int
["g"] int
["c"] ?int
["d"] ?int
done
