--TEST--
TLS handshakes and look-ups of host names suspend only their coroutine
--EXTENSIONS--
openssl
--FILE--
<?php
use function Async\{await, await_all, current_coroutine, get_coroutines, spawn, suspend, timeout};

$key = openssl_pkey_new(['private_key_bits' => 2048]);
$csr = openssl_csr_new(['commonName' => 'localhost'], $key);
openssl_x509_export(openssl_csr_sign($csr, null, $key, 1), $pem);
openssl_pkey_export($key, $private);
$file = __DIR__ . '/tls_and_names.pem';
file_put_contents($file, $pem . $private);
$secure = fn (array $options) => stream_context_create(['ssl' => $options + ['verify_peer' => false, 'verify_peer_name' => false]]);

// Server and clients in one thread: whoever blocked it in a handshake would wait for ever.
$server = stream_socket_server('ssl://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $secure(['local_cert' => $file]));
[, $port] = explode(':', stream_socket_get_name($server, false));
spawn(function () use ($server) {
    while ($client = @stream_socket_accept($server, 60)) {
        spawn(function () use ($client) {
            while (($line = fgets($client)) !== false) {
                fwrite($client, strtoupper($line));
            }
        });
    }
});
$ask = function (string $url, string $text) use ($secure) {
    $client = stream_socket_client($url, $code, $error, 60, STREAM_CLIENT_CONNECT, $secure([]));
    fwrite($client, "$text\n");
    return trim(fgets($client));
};
echo implode(' ', await_all(array_map(fn ($i) => spawn($ask, "ssl://127.0.0.1:$port", "number $i"), range(1, 5)))[0]), "\n";
echo await(spawn($ask, "tls://localhost:$port", 'by name')), "\n";

// Switched on in the middle of a conversation, on both sides.
[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$plain = stream_socket_server('tcp://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $secure(['local_cert' => $file]));
[, $other] = explode(':', stream_socket_get_name($plain, false));
$accepting = spawn(function () use ($plain) {
    $client = stream_socket_accept($plain, 60);
    fwrite($client, 'STARTTLS: ' . fgets($client));
    var_dump(stream_socket_enable_crypto($client, true, STREAM_CRYPTO_METHOD_TLS_SERVER));
    fwrite($client, 'secret ' . fgets($client));
});
$connecting = spawn(function () use ($other, $secure) {
    $client = stream_socket_client("tcp://localhost:$other", $code, $text, 60, STREAM_CLIENT_CONNECT, $secure([]));
    fwrite($client, "hello\n");
    echo fgets($client);
    var_dump(stream_socket_enable_crypto($client, true, STREAM_CRYPTO_METHOD_TLS_CLIENT));
    fwrite($client, "word\n");
    echo fgets($client);
});
await_all([$accepting, $connecting]);

// A server that never answers the handshake.
$mute = stream_socket_server('tcp://127.0.0.1:0');
[, $port] = explode(':', stream_socket_get_name($mute, false));
$stuck = spawn(fn () => stream_socket_client("ssl://127.0.0.1:$port", $code, $text, 0.05, STREAM_CLIENT_CONNECT, $secure([])));
$steps = 0;
$ticker = spawn(function () use (&$steps, $stuck) { while (!$stuck->isCompleted()) { $steps++; usleep(1000); } });
var_dump(await($stuck));
await($ticker);
echo $steps > 3 ? "others went on\n" : "only $steps steps\n";

// And one whose handshake is called off.
$called_off = spawn(fn () => @stream_socket_client("ssl://127.0.0.1:$port", $code, $text, 60, STREAM_CLIENT_CONNECT, $secure([])));
suspend();
$called_off->cancel();
try { await($called_off); } catch (Async\AsyncCancellation $e) { echo get_class($e), "\n"; }

// Names that are nobody's.
var_dump(await(spawn(fn () => stream_socket_client('tcp://name.invalid:80', $code, $text, 5))));
// The script ends when its coroutines have: the one that accepts would wait on.
fclose($server);
?>
--CLEAN--
<?php @unlink(__DIR__ . '/tls_and_names.pem'); ?>
--EXPECTF--
NUMBER 1 NUMBER 2 NUMBER 3 NUMBER 4 NUMBER 5
BY NAME
STARTTLS: hello
bool(true)
bool(true)
secret word

Warning: stream_socket_client(): SSL: Handshake timed out in %s on line %d

Warning: stream_socket_client(): Failed to enable crypto in %s on line %d

Warning: stream_socket_client(): Unable to connect to ssl://127.0.0.1:%d (Unknown error) in %s on line %d
bool(false)
others went on
Async\AsyncCancellation

Warning: stream_socket_client(): php_network_getaddresses: getaddrinfo for name.invalid failed: %s in %s on line %d

Warning: stream_socket_client(): Unable to connect to tcp://name.invalid:80 (php_network_getaddresses: getaddrinfo for name.invalid failed: %s) in %s on line %d
bool(false)
