<?php
// A chat over HTTP: coroutines talk to the clients, an actor for each room keeps its messages. `GET /?room=&user=&text=` posts and answers with JSON.
// Without arguments it serves itself for two seconds to clients in other threads; `php chat_server.php serve 8080` serves until it is stopped.

use Async\Actor;
use function Async\{await_all_or_fail, spawn, spawn_thread};

class Room extends Actor
{
    private array $messages = [];

    public function post(string $user, string $text): int
    {
        return array_push($this->messages, [$user, $text]);
    }

    public function last(int $count): array
    {
        return array_slice($this->messages, -$count);
    }

    public function count(): int
    {
        return count($this->messages);
    }
}

class Server
{
    /** @param array<string, Room> $rooms */
    public function __construct(private $socket, private array $rooms) {}

    public function run(): void
    {
        while ($client = @stream_socket_accept($this->socket, -1)) {
            spawn($this->serve(...), $client);
        }
    }

    /** One connection: request after request, until the client closes it. */
    private function serve($client): void
    {
        while (preg_match('~^(\S+) (\S+) HTTP/1\.(\d)~', (string) fgets($client), $request)) {
            $close = $request[3] === '0';
            while (($line = rtrim((string) fgets($client))) !== '') {
                $close = strcasecmp($line, 'Connection: close') ? $close : true;
            }
            [$status, $body] = $this->answer($request[1], $request[2]);
            $json = json_encode($body) . "\n";
            fwrite($client, "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: " . strlen($json)
                . ($close ? "\r\nConnection: close" : '') . "\r\n\r\n" . $json);
            if ($close) {
                break;
            }
        }
        fclose($client);
    }

    private function answer(string $method, string $url): array
    {
        parse_str((string) parse_url($url, PHP_URL_QUERY), $query);
        $query = array_filter($query, is_string(...));
        if ($method !== 'GET') {
            return ['405 Method Not Allowed', ['error' => 'GET is all there is']];
        }
        $room = $this->rooms[$query['room'] ?? ''] ?? null;
        if (!$room) {
            return ['404 Not Found', ['error' => 'no such room', 'rooms' => array_keys($this->rooms)]];
        }
        if (isset($query['user'], $query['text'])) {
            return ['200 OK', ['number' => $room->post($query['user'], $query['text'])]];
        }
        return ['200 OK', ['messages' => $room->last(20)]];
    }
}

/** What one client thread does: coroutines with PHP's own HTTP client, for so many seconds. */
function load(string $url, string $name, int $coroutines, float $seconds): array
{
    $until = microtime(true) + $seconds;
    $work = function (string $user) use ($url, $until) {
        $context = stream_context_create(['http' => ['ignore_errors' => true, 'timeout' => 10]]);
        for ($n = $missing = 0; microtime(true) < $until; $n++) {
            $room = $n % 10 === 9 ? 'nowhere' : 'room' . $n % 9;
            $answer = json_decode((string) file_get_contents("$url/?room=$room&user=$user&text=message+$n", false, $context), true);
            $status = (int) substr($http_response_header[0] ?? '', 9, 3);
            if ($status === 404) {
                $missing++;
            } elseif ($status !== 200 || !isset($answer['number'])) {
                throw new Exception("Unexpected answer: " . json_encode([$status, $answer]));
            }
        }
        return [$n, $missing];
    };
    $users = [];
    for ($i = 0; $i < $coroutines; $i++) {
        $users[] = spawn($work, "$name-$i");
    }
    $sums = await_all_or_fail($users);
    return [array_sum(array_column($sums, 0)), array_sum(array_column($sums, 1))];
}

$serve = ($argv[1] ?? '') === 'serve';
$socket = stream_socket_server('tcp://127.0.0.1:' . ($serve ? (int) ($argv[2] ?? 8080) : 0), $code, $text,
    STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, stream_context_create(['socket' => ['backlog' => 511]])) ?: exit("$text\n");
$url = 'http://' . stream_socket_get_name($socket, false);
$rooms = [];
for ($i = 0; $i < 9; $i++) {
    $rooms["room$i"] = new Room();
}
$server = spawn((new Server($socket, $rooms))->run(...));
if ($serve) {
    echo "Serving at $url/?room=room0&user=you&text=hello\n";
    Async\await($server);
}

$seconds = (float) ($argv[1] ?? 2);
$clients = [];
foreach (['ann', 'bob'] as $name) {
    $clients[] = spawn_thread(fn () => load($url, $name, 16, $seconds));
}
$sums = await_all_or_fail($clients);
$requests = array_sum(array_column($sums, 0));
$missing = array_sum(array_column($sums, 1));
$kept = array_sum(array_map(fn (Room $room) => $room->count(), $rooms));
if ($kept !== $requests - $missing) {
    exit("$requests requests, $missing to no room, but $kept messages are kept!\n");
}
printf("%s: %d requests/s from 32 clients; %d messages kept, %d requests for an unknown room answered with 404\n",
    'chat over HTTP', $requests / $seconds, $kept, $missing);
$server->cancel();
