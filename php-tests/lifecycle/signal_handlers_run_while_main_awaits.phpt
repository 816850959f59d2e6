--TEST--
Handlers of pcntl_signal() run in main while it awaits a thread
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$main = posix_getpid();
pcntl_async_signals(true);
$guest = null;
pcntl_signal(SIGTERM, function () use (&$guest, $gate) {
    echo "handled in main\n";
    $guest = await_arrival($gate);
    $guest = null;
});
$thread = new Thread(function () use ($address, $main) {
    posix_kill($main, SIGTERM);
    pass($address);
    return 'done';
});
show(fn () => $thread->join());

pcntl_signal(SIGUSR1, fn () => throw new Exception('thrown by the handler'));
show(function () use ($address, $main, &$thread) {
    // The signal may come before anything is awaited.
    $thread = new Thread(function () use ($address, $main) {
        pass($address);
        posix_kill($main, SIGUSR1);
        pass($address);
        return 'done after all';
    });
    fclose(await_arrival($GLOBALS['gate']));
    $thread->join();
});
fclose(await_arrival($gate));
show(fn () => $thread->join());
--EXPECT--
handled in main
"done"
Exception(0): thrown by the handler
"done after all"
