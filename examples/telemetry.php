<?php
// A busy loop of small requests. Each leaves telemetry behind; once there is enough it is packed as JSON and compressed, either by the loop itself or in a pool: there the
// loop hands a batch over and goes on answering.

use Async\ThreadPool;

if (!extension_loaded('zlib')) {
    exit("This example needs the zlib extension.\n");
}

const REQUESTS = 12_000;
const BATCH = 100;

final readonly class Event
{
    public function __construct(public int $request, public string $path, public int $status, public float $ms, public string $host, public string $trace) {}
}

/** What is to be answered. */
function handle(int $number): Event
{
    $path = '/articles/' . $number % 97;
    $hash = '';
    for ($i = 0; $i < 40; $i++) {
        $hash = md5($path . $hash);
    }
    return new Event($number, $path, $number % 50 ? 200 : 404, hexdec($hash[0]) / 7, "web-" . $number % 4, $hash . md5("$number"));
}

/** @param list<Event> $events */
function pack_events(array $events): string
{
    return gzencode(json_encode($events), 9);
}

/** Answers all requests; `$ship` gets a batch of events now and then. Returns requests per second. */
function serve(Closure $ship): float
{
    $start = hrtime(true);
    $events = [];
    for ($number = 1; $number <= REQUESTS; $number++) {
        $events[] = handle($number);
        if (count($events) === BATCH) {
            $ship($events);
            $events = [];
        }
    }
    return REQUESTS / ((hrtime(true) - $start) / 1e9);
}

/** Better one of two: what else the machine does should not decide. */
function best(Closure $measure): float
{
    return max($measure(), $measure());
}

$inline = [];
$inline_rate = best(function () use (&$inline) {
    $inline = [];
    return serve(function (array $events) use (&$inline) { $inline[] = pack_events($events); });
});

$pool = new ThreadPool(max(1, Async\available_parallelism() - 1), 64);
$pooled = [];
$pool_rate = best(function () use ($pool, &$pooled) {
    $futures = [];
    $rate = serve(function (array $events) use ($pool, &$futures) { $futures[] = $pool->submit(pack_events(...), $events); });
    $pooled = array_map(fn (Async\Future $future) => $future->await(), $futures);
    return $rate;
});

if ($pooled !== $inline) {
    exit("What was packed differs!\n");
}
printf("%d requests, %d batches of telemetry, %d KB compressed\n", REQUESTS, count($pooled), array_sum(array_map(strlen(...), $pooled)) >> 10);
printf("packed inline:   %6.0f requests/s\n", $inline_rate);
printf("packed in a pool: %5.0f requests/s, %.2f times as many\n", $pool_rate, $pool_rate / $inline_rate);
