--TEST--
await_all, await_all_or_fail, await_any_or_fail and await_first_success take threads
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;
use function Async\{await_all, await_all_or_fail, await_any_or_fail, await_first_success};

$gate = open_gate();
$address = address_of($gate);
$square = fn (int $n) => new Thread(fn () => $n ** 2);
$fail = fn () => new Thread(fn () => throw new Exception('no'));
[$results, $errors] = await_all(['a' => $square(2), 'b' => $fail(), 'c' => $square(3)]);
ksort($results);
echo json_encode($results), ' ', implode(array_keys($errors)), "\n";
show(fn () => await_all_or_fail([7 => $square(4), 5 => $square(5)]));
show(fn () => await_all_or_fail([$square(4), $fail()]));
$stuck = new Thread(function () use ($address) { pass($address); return 'stuck'; });
$guest = await_arrival($gate);
show(fn () => await_any_or_fail([$stuck, $square(6)]));
show(fn () => await_any_or_fail([$stuck, $fail()]));
$failed = $fail();
while ($failed->isRunning());
show(fn () => await_first_success(['x' => $failed, 'y' => $square(8)])[0]);
show(fn () => count(await_first_success([$fail(), $fail()])[1]));
fclose($guest);
show(fn () => $stuck->join());
--EXPECT--
{"a":4,"c":9} b
{"7":16,"5":25}
Async\RemoteException(0): no, previous Exception
36
Async\RemoteException(0): no, previous Exception
64
2
"stuck"
