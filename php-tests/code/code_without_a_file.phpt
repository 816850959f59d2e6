--TEST--
Code of `php -r` and of standard input is seen in threads
--FILE--
<?php
$code = 'class R { const A = "of -r"; static function s() { return static fn () => self::A . f(); } } function f() { return __FUNCTION__; }
    echo (new Async\Thread(fn () => (new R)->s()()))->join(), " ", (new Async\ThreadPool(1))->enqueue(R::s()), "\n";
    if (PHP_VERSION_ID) { class Conditional extends R {} } echo (new Async\Thread(fn () => Conditional::s()()))->join(), "\n";';
$php = getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS');
echo shell_exec("$php -r " . escapeshellarg($code) . ' 2>&1');
$process = proc_open($php, [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
fwrite($pipes[0], "<?php $code");
fclose($pipes[0]);
echo stream_get_contents($pipes[1]);
proc_close($process);
--EXPECT--
of -rf of -rf
of -rf
of -rf of -rf
of -rf
