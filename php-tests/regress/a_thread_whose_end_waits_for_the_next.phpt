--TEST--
A thread whose request's end waits for a thread started after it: header callbacks, session handlers, stream wrappers
--FILE--
<?php
use Async\Thread;

function flag(string $name): string
{
    return sys_get_temp_dir() . "/async_threads_" . getmypid() . "_$name";
}

/** Waits until the next thread has run, after the result of this one is there. */
function wait_for(string $name): void
{
    for ($i = 0; $i < 10_000 && !is_file(flag($name)); $i++) {
        usleep(1000);
        clearstatcache();
    }
    touch(flag($name . (is_file(flag($name)) ? '.seen' : '.missed')));
}

if (extension_loaded('session')) {
    final class Handler implements SessionHandlerInterface
    {
        public function open($path, $name): bool { return true; }
        public function close(): bool { return true; }
        public function read($id): string { return ''; }
        public function write($id, $data): bool { wait_for('session'); return true; }
        public function destroy($id): bool { return true; }
        public function gc($lifetime): int { return 0; }
    }
}

final class Wrapper
{
    public $context;
    public function stream_open() { return true; }
    public function stream_close() { wait_for('stream'); }
}

$tasks = [
    'header' => static function () {
        header_register_callback(static fn () => wait_for('header'));
    },
    'session' => static function () {
        if (extension_loaded('session')) {
            session_set_save_handler(new Handler, false);
            session_start(['use_cookies' => false, 'cache_limiter' => '']);
            $_SESSION['a'] = 1;
        } else {
            touch(flag('session.seen'));
        }
    },
    'stream' => static function () {
        stream_wrapper_register('wrapper', Wrapper::class);
        $GLOBALS['kept'] = fopen('wrapper://a', 'r');
    },
];
foreach ($tasks as $name => $task) {
    (new Thread($task))->join();
    (new Thread(static fn (string $name) => touch(flag($name)), $name))->join();
    while (!$ends = glob(flag("$name.*"))) {
        usleep(1000);
    }
    echo "$name: ", pathinfo($ends[0], PATHINFO_EXTENSION), "\n";
}
array_map(unlink(...), glob(flag('*')));
?>
--EXPECT--
header: seen
session: seen
stream: seen
