--TEST--
A file that declares what came back from a thread, and so much else that the tables of the engine have to grow, is cached as a whole
--FILE--
<?php
use Async\Thread;

$file = sys_get_temp_dir() . '/async_threads_grow_' . getmypid() . '.php';
$several = fn (string $code) => implode("\n", array_map(fn ($i) => str_replace('#', $i, $code), range(1, 3000)));
file_put_contents($file, '<?php
class First { public $n = 1; function go() { return first(); } }
' . $several('class C# { public $n = #; }') . '
class Last { public $n = 2; }
function first() { return "first"; }
' . $several('function f#() { return #; }') . '
function last() { return static fn () => first() . f77(); }
');
$load = function () use ($file) { require $file; return [new First, new Last, last()]; };
$came = (new Thread($load))->join();
echo $came[0]->go(), $came[1]->n, $came[2](), "\n";
$use = function () use ($file) {
    require $file;
    foreach (range(1, 3000) as $i) {
        (new ('C' . $i))->n === $i && ('f' . $i)() === $i || exit("$i is missing");
    }
    return (new First)->go() . (new Last)->n . last()() . count(array_filter(get_declared_classes(), fn ($name) => $name[0] === 'C' && ctype_digit($name[1])));
};
for ($i = 0; $i < 3; $i++) {
    echo (new Thread($use))->join(), "\n";
}
echo $use(), "\n";
unlink($file);
--EXPECT--
first2first77
first2first773000
first2first773000
first2first773000
first2first773000
