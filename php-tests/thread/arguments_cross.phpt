--TEST--
Positional, named, default and variadic arguments, and variables by use
--FILE--
<?php
use Async\Thread;

$used = 'used';
echo json_encode((new Thread(fn ($a, $b = 'default') => [$a, $b, $used], 1))->join()), "\n";
echo json_encode((new Thread(fn ($a, $b = 2, $c = 3) => [$a, $b, $c], 1, c: 'named'))->join()), "\n";
echo json_encode((new Thread(fn ($a, ...$rest) => [$a, $rest], 1, 2, 3))->join()), "\n";
echo json_encode((new Thread(fn (...$rest) => $rest, x: 1, y: 2))->join()), "\n";
echo json_encode((new Thread(fn () => func_get_args(), 1, 2))->join()), "\n";
$list = [3, 'k' => 4];
echo json_encode((new Thread(fn ($a, $k) => [$a, $k], ...$list))->join()), "\n";
--EXPECT--
[1,"default","used"]
[1,2,"named"]
[1,[2,3]]
{"x":1,"y":2}
[1,2]
[3,4]
