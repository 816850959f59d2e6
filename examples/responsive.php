<?php
// One PHP thread serves TCP clients, one coroutine each, in plain PHP: fread and fwrite suspend only the coroutine that calls them. Some requests
// burn 200 ms of CPU. Done in a thread they leave the server responsive; done inline they make every client wait. Prints the median ping latency of both.

use Async\{Future, FutureState};
use function Async\{await, await_all_or_fail, delay, spawn, spawn_thread};

const PINGS = 9;
const BURNS = 12;

function burn(int $ms): int
{
    for ($rounds = 0, $end = hrtime(true) + $ms * 1_000_000; hrtime(true) < $end; $rounds++) {
        hash('sha256', "work $rounds");
    }
    return $ms;
}

/** Serves clients until the listening socket is closed; `$busy` completes when the first of them wants work done. */
function serve($listening, bool $inThreads, FutureState $busy): void
{
    while ($client = @stream_socket_accept($listening, -1)) {
        spawn(function () use ($client, $inThreads, $busy) {
            while (($line = fgets($client)) !== false) {
                [$command, $argument] = explode(' ', trim($line));
                if ($command === 'burn' && !$busy->isCompleted()) {
                    $busy->complete(true);
                }
                $answer = match ($command) {
                    'ping' => $argument,
                    'burn' => $inThreads ? await(spawn_thread(fn () => burn((int) $argument))) : burn((int) $argument),
                };
                fwrite($client, "$command $answer\n");
            }
            fclose($client);
        });
    }
}

function ask($connection, string $request): string
{
    fwrite($connection, "$request\n");
    return trim((string) fgets($connection));
}

/** @return float the median latency of pings in ms, while other clients have work done */
function measure(bool $inThreads): float
{
    $listening = stream_socket_server('tcp://127.0.0.1:0');
    $address = 'tcp://' . stream_socket_get_name($listening, false);
    $busy = new FutureState();
    $server = spawn(serve(...), $listening, $inThreads, $busy);

    // The clients are a process of their own, as clients are.
    $client = sprintf(
        '$c = stream_socket_client(%1$s); if ($argv[1] === "burn") { for ($i = 0; $i < %2$d; $i++) { fwrite($c, "burn 200\n"); echo fgets($c); } exit; }'
        . 'for ($i = 0; $i < %3$d; $i++) { $t = hrtime(true); fwrite($c, "ping $i\n"); $a = fgets($c); echo $a === "ping $i\n" ? (hrtime(true) - $t) / 1e6 : "wrong", "\n"; usleep(5000); }',
        var_export($address, true), BURNS, PINGS,
    );
    $run = function (string $role) use ($client): array {
        $process = proc_open([PHP_BINARY, '-n', '-r', $client, $role], [1 => ['pipe', 'w']], $pipes);
        $output = stream_get_contents($pipes[1]);
        fclose($pipes[1]);
        proc_close($process);
        return explode("\n", trim($output));
    };
    $burning = spawn($run, 'burn');
    await(new Future($busy));
    [$burned, $latencies] = await_all_or_fail([$burning, spawn($run, 'ping')]);
    fclose($listening);
    await($server);

    if ($burned !== array_fill(0, BURNS, 'burn 200') || count($latencies) !== PINGS || in_array('wrong', $latencies, true)) {
        fwrite(STDERR, 'wrong answers: ' . json_encode([$burned, $latencies]) . "\n");
        exit(1);
    }
    sort($latencies);
    return (float) $latencies[intdiv(PINGS, 2)];
}

printf("work in threads: median ping %7.2f ms\n", measure(true));
printf("work inline:     median ping %7.2f ms\n", measure(false));
