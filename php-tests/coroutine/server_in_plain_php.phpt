--TEST--
A server in plain PHP serves many clients at once
--FILE--
<?php
use function Async\{await, await_all, spawn};
// The default of 32 drops connections when 200 come at once, and the kernel may then take a minute to try again.
$room = stream_context_create(["socket" => ["backlog" => 512]]);
$listening = stream_socket_server("tcp://127.0.0.1:0", context: $room);
$address = "tcp://" . stream_socket_get_name($listening, false);
$server = spawn(function () use ($listening) {
    while ($client = @stream_socket_accept($listening, -1)) {
        spawn(function () use ($client) { while (($line = fgets($client)) !== false) { fwrite($client, strtoupper($line)); } });
    }
});
$open = 0; $most = 0;
$clients = [];
for ($i = 0; $i < 200; $i++) {
    $clients[] = spawn(function () use ($address, $i, &$open, &$most) {
        $c = stream_socket_client($address); $most = max($most, ++$open);
        for ($n = 0, $ok = 0; $n < 5; $n++) { fwrite($c, "hello $i $n\n"); $ok += fgets($c) === "HELLO $i $n\n"; }
        --$open;
        return $ok;
    });
}
[$results, $errors] = await_all($clients);
fclose($listening); await($server);
var_dump(array_sum($results), $errors, $most > 100);
--EXPECT--
int(1000)
array(0) {
}
bool(true)
