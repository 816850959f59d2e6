<?php
// A pool beside its yardsticks, in one run: crossbeam channels between two threads (built with cargo), and PHP processes fed by pipes with serialize().

use Async\ThreadPool;

/** The median of some measurements. */
function median(int $runs, callable $measure): float
{
    $measure();
    $values = [];
    for ($i = 0; $i < $runs; $i++) {
        $values[] = $measure();
    }
    sort($values);
    return $values[intdiv($runs, 2)];
}

/** Microseconds for each of so many. */
function microseconds(int $times, callable $work): float
{
    $start = hrtime(true);
    $work($times);
    return (hrtime(true) - $start) / 1e3 / $times;
}

/** Microseconds of one round trip over crossbeam channels; 0 without cargo. */
function ping_pong(): float
{
    $manifest = escapeshellarg(dirname(__DIR__, 2) . '/core/Cargo.toml');
    return (float) shell_exec("cargo run --quiet --release --example ping_pong --manifest-path $manifest") / 1e3;
}

function work(int $n): int
{
    for ($i = $x = 0; $i < $n; $i++) {
        $x = ($x * 31 + $i) & 0xffff;
    }
    return $x;
}

/** PHP processes that call work() for what comes in, one line of serialized values for another. */
final class Processes
{
    private array $all = [];
    private array $pipes = [];

    public function __construct(int $count)
    {
        $code = 'function work(int $n): int { for ($i = $x = 0; $i < $n; $i++) $x = ($x * 31 + $i) & 0xffff; return $x; }
            while (($line = fgets(STDIN)) !== false) { fwrite(STDOUT, base64_encode(serialize(work(unserialize(base64_decode($line))))) . "\n"); }';
        for ($i = 0; $i < $count; $i++) {
            $this->all[] = proc_open([PHP_BINARY, '-n', '-r', $code], [['pipe', 'r'], ['pipe', 'w']], $pipes);
            $this->pipes[] = $pipes;
        }
    }

    public function send(int $to, mixed $value): void
    {
        fwrite($this->pipes[$to][0], base64_encode(serialize($value)) . "\n");
    }

    public function receive(int $from): mixed
    {
        return unserialize(base64_decode(fgets($this->pipes[$from][1])));
    }

    public function map(array $items): array
    {
        $results = [];
        foreach (array_chunk($items, count($this->all)) as $row) {
            foreach ($row as $to => $item) {
                $this->send($to, $item);
            }
            foreach ($row as $from => $_) {
                $results[] = $this->receive($from);
            }
        }
        return $results;
    }

    public function __destruct()
    {
        foreach ($this->pipes as $pipes) {
            array_map(fclose(...), $pipes);
        }
        array_map(proc_close(...), $this->all);
    }
}

function row(string $name, float $value, string $unit, string $beside): void
{
    printf("%-44s %9.2f %-4s %s\n", $name, $value, $unit, $beside);
}

$pool = new ThreadPool(2, 20_000);
$empty = static fn () => null;
$processes = new Processes(2);
$pool->map(range(1, 100), $empty, 1);

$channel = ping_pong();
$trip = median(9, fn () => microseconds(5_000, function (int $n) use ($pool, $empty) {
    while ($n--) {
        $pool->enqueue($empty);
    }
}));
$pipe = median(5, fn () => microseconds(1_000, function (int $n) use ($processes) {
    while ($n--) {
        $processes->send(0, 0);
        $processes->receive(0);
    }
}));
$beside = $channel > 0 ? sprintf('crossbeam ping-pong %.2f us: %.1f x', $channel, $trip / $channel) : 'no cargo: no yardstick';
row('empty task, submit to result, one at a time', $trip, 'us', $beside);
row('', $pipe, 'us', sprintf('a process over pipes: %.1f times as long', $pipe / $trip));

$flight = median(9, fn () => microseconds(20_000, function (int $n) use ($pool, $empty) {
    $futures = [];
    while ($n--) {
        $futures[] = $pool->submit($empty);
    }
    foreach ($futures as $future) {
        $future->await();
    }
}));
row('empty tasks, 20,000 in flight', 1 / $flight, 'M/s', sprintf('%.2f us each', $flight));
$chunked = median(5, fn () => microseconds(200_000, fn (int $n) => $pool->map(range(1, $n), static fn (int $i) => $i)));
row('map() of 200,000 empty calls', 1 / $chunked, 'M/s', sprintf('%.2f us each', $chunked));

$items = array_fill(0, 64, 400_000);
// By turns, as what the cores of a machine are worth changes with what else runs on it.
$times = [[], [], []];
for ($turn = 0; $turn < 9; $turn++) {
    $times[0][] = microseconds(1, fn () => array_map(work(...), $items)) / 1e3;
    $times[1][] = microseconds(1, fn () => $pool->map($items, work(...))) / 1e3;
    $times[2][] = microseconds(1, fn () => $processes->map($items)) / 1e3;
}
$middle = function (array $list) {
    sort($list);
    return $list[intdiv(count($list), 2)];
};
$faster = fn (array $alone, array $times) => $middle(array_map(fn ($alone, $time) => $alone / $time, $alone, $times));
[$alone, $pooled, $piped] = array_map($middle, $times);
row('map() of 64 busy calls, two workers', $pooled, 'ms', sprintf('one thread %.1f ms: %.2f times as fast', $alone, $faster($times[0], $times[1])));
row('', $piped, 'ms', sprintf('two processes over pipes: %.2f times as fast', $faster($times[0], $times[2])));

$lines = array_fill_keys(array_map(fn ($i) => "key $i", range(1, 1000)), 'some text of a record');
$arrays = median(5, fn () => microseconds(200, function (int $n) use ($pool, $lines) {
    while ($n--) {
        $pool->enqueue(static fn (array $lines) => count($lines), $lines);
    }
}));
$serialized = median(5, fn () => microseconds(200, function (int $n) use ($lines) {
    while ($n--) {
        count(unserialize(serialize($lines)));
    }
}));
row('a call with an array of 1,000 strings', $arrays, 'us', sprintf('unserialize(serialize()) alone %.2f us: %.2f x', $serialized, $arrays / $serialized));
