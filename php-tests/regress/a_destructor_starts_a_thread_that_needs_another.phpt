--TEST--
A thread that a destructor at the end of another one starts may start threads itself: none waits for the thread that waits for it
--FILE--
<?php
use Async\Thread;

$file = tempnam(sys_get_temp_dir(), 'async_threads_');
class D
{
    public function __construct(private string $file) {}
    public function __destruct()
    {
        $file = $this->file;
        new Thread(static function () use ($file) {
            usleep(20_000);
            (new Thread(static fn () => file_put_contents($file, 'x', FILE_APPEND)))->join();
        });
    }
}
for ($i = 0; $i < 5; $i++) {
    (new Thread(static function () use ($file) {
        $GLOBALS['keep'] = new D($file);
    }))->join();
    echo (new Thread(static fn () => "next\n"))->join();
}
register_shutdown_function(function () use ($file) {
    while (strlen(file_get_contents($file)) < 5) {
        usleep(1000);
    }
    unlink($file);
    echo "all written\n";
});
--EXPECT--
next
next
next
next
next
all written
