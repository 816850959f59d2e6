--TEST--
A warning of the engine right below the bottom of a coroutine or a thread, where no function runs that could be named
--FILE--
<?php
use Async\Thread;
use function Async\{delay, spawn};

class Wrapper
{
    public $context;
    function stream_open($path, $mode, $options, &$opened) { return true; }
    function stream_close() {}
    function stream_eof() { return true; }
}
stream_wrapper_register('wrapper', Wrapper::class);
// Closed with the coroutine's arguments; the filter has something left to write then.
spawn(function ($stream) {
    stream_filter_append($stream, 'convert.base64-encode', STREAM_FILTER_WRITE);
    @fwrite($stream, 'a');
    echo "ran\n";
}, fopen('wrapper://x', 'w'));
delay(1);
// With the thread's result.
$thread = new Thread(function () {
    stream_wrapper_register('wrapper', Wrapper::class);
    $stream = fopen('wrapper://x', 'w');
    stream_filter_append($stream, 'convert.base64-encode', STREAM_FILTER_WRITE);
    @fwrite($stream, 'a');
    return $stream;
});
try {
    $thread->join();
} catch (Async\ThreadTransferException $e) {
    echo $e->getMessage(), "\n";
}
// A setting that complains when the thread takes it over.
@ini_set('assert.warning', '0');
@ini_set('session.use_cookies', '0');
@ini_set('mbstring.internal_encoding', 'UTF-8');
echo (new Thread(fn () => "fine\n"))->join();
--EXPECTF--
ran

Warning: %sWrapper::stream_write is not implemented! in Unknown on line 0

Warning: %sWrapper::stream_write is not implemented! in Unknown on line 0
Cannot transfer return value: a resource (stream) is not transferable
fine
