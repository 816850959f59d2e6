--TEST--
A session handler that is called at the very end of a thread's request may use coroutines; the next request of that thread is not disturbed
--EXTENSIONS--
session
--INI--
session.use_cookies=0
session.cache_limiter=
async_threads.thread_cache=1
--FILE--
<?php
use Async\Thread;
use function Async\{await, delay, spawn};

class Handler implements SessionHandlerInterface
{
    public function open(string $path, string $name): bool { return true; }
    public function close(): bool { return true; }
    public function read(string $id): string { return ''; }
    public function destroy(string $id): bool { return true; }
    public function gc(int $lifetime): int { return 0; }
    public function write(string $id, string $data): bool
    {
        $saved = spawn(function () use ($id, $data) {
            delay(1);
            return "saved $id: $data\n";
        });
        file_put_contents(SAVED, await($saved), FILE_APPEND);
        return true;
    }
}

define('SAVED', tempnam(sys_get_temp_dir(), 'session'));
for ($i = 0; $i < 4; $i++) {
    $thread = new Thread(function () use ($i) {
        session_set_save_handler(new Handler(), false);
        session_id("id$i");
        session_start();
        $_SESSION['n'] = $i;
        return await(spawn(fn () => "request $i\n"));
    });
    echo await($thread);
    // A session is written after the result has gone.
    while (count($saved = file(SAVED)) <= $i) {
        usleep(1000);
    }
    echo end($saved);
}
unlink(SAVED);
?>
--EXPECT--
request 0
saved id0: n|i:0;
request 1
saved id1: n|i:1;
request 2
saved id2: n|i:2;
request 3
saved id3: n|i:3;
