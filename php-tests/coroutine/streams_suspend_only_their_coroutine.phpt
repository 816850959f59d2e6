--TEST--
Sleeps and streams suspend only the coroutine that uses them
--FILE--
<?php
use function Async\{spawn,await,await_all,delay,timeout};
$order = [];
$sleeper = function (string $name, Closure $sleep) use (&$order) {
    return spawn(function () use ($name, $sleep, &$order) { $order[] = "$name begins"; $sleep(); $order[] = 'ends'; });
};
await_all([$sleeper('usleep', fn () => usleep(5000)), $sleeper('time_nanosleep', fn () => time_nanosleep(0, 5000000)), $sleeper('sleep', fn () => sleep(1))]);
echo implode(', ', $order), "\n";
[$a,$b]=stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$r = spawn(function() use($a){ echo "read: ", fgets($a); });
$w = spawn(function() use($b){ echo "write\n"; fwrite($b, "hello\n"); });
await_all([$r,$w]);
// big write
$big = str_repeat('x', 5_000_000);
$r = spawn(fn() => strlen(stream_get_contents($a)));
$w = spawn(function() use($b,$big){ var_dump(fwrite($b, $big)); fclose($b); });
var_dump(await($r));
// close while parked
[$a,$b]=stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$r = spawn(function() use($a){ var_dump(fgets($a)); try { var_dump(fgets($a)); } catch (TypeError $e) { echo $e->getMessage(), "\n"; } });
spawn(function() use($a){ echo "closing\n"; fclose($a); echo "closed\n"; });
await($r);
// cancel
[$a,$b]=stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$r = spawn(function() use($a){ try { fread($a, 10); } finally { echo "finally\n"; } });
try { await($r, timeout(20)); } catch (Async\OperationCanceledException) { echo "timed out\n"; }
$r->cancel(); try { await($r); } catch (Async\AsyncCancellation $e) { echo get_class($e), "\n"; }
// select
[$a,$b]=stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$s = spawn(function() use($a){ $x=[$a]; $y=$z=null; $n = stream_select($x,$y,$z,5); var_dump($n, count($x)); });
spawn(fn()=>fwrite($b,"x")); await($s);
$s = spawn(function() use($b){ $x=[$b]; $y=$z=null; $n = stream_select($x,$y,$z,0,20000); var_dump($n, count($x)); }); await($s);
// connect refused, timeout
$c = spawn(function() { var_dump(@stream_socket_client('tcp://127.0.0.1:1', $no, $str, 2)); echo $str, "\n"; }); await($c);
stream_set_timeout($a, 0, 20000); fread($a,1);
$c = spawn(function() use($a) { var_dump(fread($a, 1)); var_dump(stream_get_meta_data($a)['timed_out']); }); await($c);
$p = proc_open(['cat'], [['pipe','r'],['pipe','w']], $pipes);
$r = spawn(fn()=>strlen(stream_get_contents($pipes[1])));
$w = spawn(function() use($pipes){ fwrite($pipes[0], str_repeat('y', 300000)); fclose($pipes[0]); });
var_dump(await($r)); proc_close($p);
--EXPECT--
usleep begins, time_nanosleep begins, sleep begins, ends, ends, ends
read: write
hello
int(5000000)
int(5000000)
closing
bool(false)
fgets(): supplied resource is not a valid stream resource
closed
timed out
finally
Async\AsyncCancellation
int(1)
int(1)
int(0)
int(0)
bool(false)
Connection refused
bool(false)
bool(true)
int(300000)
