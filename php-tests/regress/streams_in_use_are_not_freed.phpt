--TEST--
A stream is closed, or read by others, while a coroutine waits in it
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
use function Async\{await, await_all, delay, spawn, suspend};
function pair() { return stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); }
function scribble() { for ($i = 0; $i < 2000; $i++) $all[] = str_repeat(chr(65 + $i % 26), 150 + $i % 200); return count($all); }

echo "-- closed in a signal handler\n";
[$a, $b] = pair();
$reader = spawn(fn () => fread($a, 10));
suspend();
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use ($a) { var_dump(fclose($a)); });
posix_kill(getmypid(), SIGUSR1);
scribble();
var_dump(await($reader), is_resource($a));

echo "-- closed in a destructor that the collector runs\n";
[$a, $b] = pair();
class Connection { public $self; function __construct(public $stream) { $this->self = $this; } function __destruct() { fclose($this->stream); } }
$reader = spawn(fn () => fread($a, 10));
suspend();
$connection = new Connection($a);
unset($connection);
gc_collect_cycles();
scribble();
var_dump(await($reader));

echo "-- the target of a copy that waits for its source\n";
[$a, $b] = pair();
[$x, $y] = pair();
$copy = spawn(fn () => stream_copy_to_stream($a, $x));
suspend();
fclose($x);
scribble();
fwrite($b, 'data');
fclose($b);
var_dump(await($copy));

echo "-- in a select\n";
[$a, $b] = pair();
$select = spawn(function () use ($a) {
    $read = [$a];
    $none = null;
    try { return stream_select($read, $none, $none, null); } catch (Error $e) { return $e::class; }
});
suspend();
fclose($a);
var_dump(await($select));

echo "-- two readers\n";
[$a, $b] = pair();
$first = spawn(fn () => fgets($a));
suspend();
$second = spawn(fn () => fgets($a));
suspend();
fwrite($b, "one\ntwo\n");
var_dump(await($first));
try { await($second); } catch (Async\AsyncException $e) { echo $e->getMessage(), "\n"; }
var_dump(fgets($a));

echo "-- many readers that come and go\n";
[$a, $b] = pair();
stream_set_chunk_size($a, 16);
$lines = 0;
$read = function () use ($a, &$lines) {
    try { for (;;) { $line = fgets($a); if ($line === false) return; if (!preg_match('/^(\d)\1*\n$/', $line)) throw new LogicException('torn: ' . bin2hex($line)); $lines++; } }
    catch (Async\AsyncException) { suspend(); }
};
for ($i = 0; $i < 100; $i++) {
    $readers[] = spawn($read);
    fwrite($b, str_repeat((string) ($i % 10), 1 + $i * 7 % 90) . "\n");
    $i % 3 || suspend();
}
fclose($b);
await_all($readers);
$read();
var_dump($lines);
--EXPECT--
-- closed in a signal handler
bool(true)
bool(false)
bool(false)
-- closed in a destructor that the collector runs
bool(false)
-- the target of a copy that waits for its source
bool(false)
-- in a select
string(10) "ValueError"
-- two readers
string(4) "one
"
Another coroutine is waiting to read from this stream: let one read it and hand on what it has read
string(4) "two
"
-- many readers that come and go
int(100)
