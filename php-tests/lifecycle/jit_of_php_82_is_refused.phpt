--TEST--
Starting a thread throws while the JIT of PHP 8.2 is on
--SKIPIF--
<?php
if (PHP_VERSION_ID >= 80300) die('skip for PHP 8.2');
if (!function_exists('opcache_get_status') || !(@opcache_get_status()['opcache_enabled'] ?? false)) die('skip needs opcache');
?>
--INI--
opcache.jit_buffer_size=16M
opcache.jit=tracing
--FILE--
<?php
class Idle extends Async\Actor {}
$ways = [fn () => new Async\Thread(fn () => 1), fn () => (new Async\ThreadPool(1))->enqueue(fn () => 1), fn () => new Idle()];
foreach ($ways as $way) {
    try {
        $way();
    } catch (Async\AsyncException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
Threads cannot be started while the JIT of PHP 8.2 is on, which crashes with several threads: set opcache.jit to "disable", or use PHP 8.3 or later
Threads cannot be started while the JIT of PHP 8.2 is on, which crashes with several threads: set opcache.jit to "disable", or use PHP 8.3 or later
Threads cannot be started while the JIT of PHP 8.2 is on, which crashes with several threads: set opcache.jit to "disable", or use PHP 8.3 or later
