--TEST--
The bootloader runs first in each worker and again when one starts afresh
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\ThreadPool;
class Config { public static array $values = []; }
$pool = new ThreadPool(2, 0, function () { Config::$values['booted'] = (Config::$values['booted'] ?? 0) + 1; });
$seen = $pool->map(range(1, 50), fn () => Config::$values['booted']);
var_dump(array_unique($seen));
try { $pool->enqueue(function () { ini_set('memory_limit', '4M'); str_repeat('x', 10_000_000); }); } catch (Async\ThreadFatalError) {}
var_dump(array_unique($pool->map(range(1, 50), fn () => Config::$values['booted'])));
--EXPECT--
array(1) {
  [0]=>
  int(1)
}
array(1) {
  [0]=>
  int(1)
}
