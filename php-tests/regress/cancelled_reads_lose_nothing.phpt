--TEST--
Cancelling a coroutine that reads: the stream is as before, and nobody else stands still
--FILE--
<?php
use function Async\{await, await_all, delay, spawn, suspend};
$pairs['socket'] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$process = proc_open(['cat'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
$pairs['pipe'] = [$pipes[1], $pipes[0]];
foreach ($pairs as $kind => [$a, $b]) {
    $reader = spawn(fn () => fgets($a));
    suspend();
    $reader->cancel();
    try { await($reader); } catch (Async\AsyncCancellation) { echo "$kind: cancelled, "; }
    fwrite($b, "hello\n");
    var_dump(feof($a), fgets($a));
}
// Datagrams: cancelled, and out of time.
$server = stream_socket_server('udp://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND);
$reader = spawn(fn () => stream_socket_recvfrom($server, 100));
suspend();
$reader->cancel();
try { await($reader); } catch (Async\AsyncCancellation) { echo "cancelled\n"; }
stream_set_timeout($server, 0, 1000);
var_dump(await(spawn(fn () => stream_socket_recvfrom($server, 100))));
// What TLS has decrypted, or anything else in the buffer, is there for select.
[$a, $b] = $pairs['socket'];
fwrite($b, "one\ntwo\n");
fgets($a);
$ready = await(spawn(function () use ($a) { $read = [$a]; $none = null; return stream_select($read, $none, $none, null); }));
var_dump($ready, fgets($a));
--EXPECT--
socket: cancelled, bool(false)
string(6) "hello
"
pipe: cancelled, bool(false)
string(6) "hello
"
cancelled
bool(false)
int(1)
string(4) "two
"
