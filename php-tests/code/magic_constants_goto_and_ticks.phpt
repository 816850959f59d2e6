--TEST--
__LINE__ and its kin, __COMPILER_HALT_OFFSET__, goto, ticks, strict types: code knows its own file in a thread
--EXTENSIONS--
async_threads
--FILE--
<?php
declare(strict_types=1, ticks=1);
namespace Of\File;
require __DIR__ . '/same.inc';
trait Names { function all() { return [__TRAIT__, __CLASS__, __FUNCTION__, __METHOD__, __NAMESPACE__, __FILE__, __DIR__, __LINE__, static fn () => 1]; } }
class Named { use Names; }
function counts(): int { $n = 0; $count = function () use (&$n) { $n++; }; register_tick_function($count); $a = 1; $b = 2; unregister_tick_function($count); return $n; }
function &jumps(int $n) { $i = 0; again: if ($i++ < $n) goto again; foreach ([1, 2] as $x) { while (true) { try { goto out; } finally { $i += 10; } } } out: return $i; }
same('magic constants', fn () => array_slice((new Named)->all(), 0, 8));
same('of a closure', fn () => [__LINE__, __FILE__, __NAMESPACE__, __FUNCTION__]);
same('of eval', fn () => eval('return [__LINE__, __FILE__, __NAMESPACE__];'));
same('of the creator\'s eval', eval('return fn () => [__LINE__, __FILE__, __NAMESPACE__];'));
same('behind the code', fn () => substr(file_get_contents(__FILE__), __COMPILER_HALT_OFFSET__, 9));
same('goto', fn () => jumps(5));
same('ticks', fn () => counts());
same('strict types', fn () => strlen(5));
eval('same("types of eval", fn () => strlen(5));');
same('backtrace', fn () => array_map(fn ($f) => [$f['function'], $f['line'] ?? null], array_slice((new \Exception)->getTrace(), 0, 1)));
__halt_compiler();the data
--EXPECT--
magic constants: same
of a closure: same
of eval: same
of the creator's eval: same
behind the code: same
goto: same
ticks: same
strict types: same
types of eval: same
backtrace: same
