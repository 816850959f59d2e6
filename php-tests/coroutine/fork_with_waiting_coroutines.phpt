--TEST--
A process forked while coroutines wait for streams takes no events of its parent's, and they go on in both
--SKIPIF--
<?php if (!function_exists('pcntl_fork')) die('skip needs pcntl'); ?>
--FILE--
<?php
use function Async\{await, completion_stream, delay, dispatch, spawn};

function pair(): array
{
    return stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
}

[$heard, $say] = pair();
[$begin, $started] = pair();
$listener = spawn(function () use ($heard, $say) {
    $lines = [];
    while (($line = fgets($heard)) !== "end\n") {
        $lines[] = trim($line);
    }
    return implode(' ', $lines);
});
$sleeper = spawn(function () {
    delay(50);
    return 'slept';
});
delay(1);
completion_stream();

$child = pcntl_fork();
if ($child === 0) {
    $listener->cancel();
    // Ready before this process looks for events: the event is the parent's.
    fwrite($say, "zero\n");
    [$other, $mine] = pair();
    $echo = spawn(fn () => fgets($other));
    delay(1);
    fwrite($mine, "to the child\n");
    $text = trim(await($echo));
    $loop = completion_stream();
    $soon = spawn(function () { delay(5); return 'dispatched'; });
    while (!$soon->isCompleted()) {
        $read = [$loop];
        $none = null;
        stream_select($read, $none, $none, 10);
        dispatch();
    }
    fwrite($started, "child: $text, " . await($sleeper) . ', ' . await($soon) . "\n");
    fclose($heard);
    fclose($say);
    exit(0);
}
// Before the parent looks at its coroutines again, the child has done all it does.
echo fgets($begin);
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status));
fwrite($say, "one\ntwo\n");
delay(1);
fwrite($say, "three\nend\n");
echo 'parent: ', await($listener), ', ', await($sleeper), "\n";
?>
--EXPECT--
child: to the child, slept, dispatched
int(0)
parent: zero one two three, slept
