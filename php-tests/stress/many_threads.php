<?php
// The full-size variants of php-tests/lifecycle/ and php-tests/bailout/. Minutes, so not a part of the tests:
// cargo xtask run [--debug] -- php-tests/stress/many_threads.php [size in percent]
//
// 10,000 threads one after another, 500 at once, and 1,000 of each way to fail. Each has to come to its end in its own way, and memory has to stay flat.

use Async\{RemoteException, Thread, ThreadExitException, ThreadFatalError};

$percent = (int) ($argv[1] ?? 100);

/** Resident and virtual memory, in kB. */
function memory(): array
{
    // Exceptions whose traces have their thread among the arguments are the collector's to free.
    gc_collect_cycles();
    $status = file_get_contents('/proc/self/status');
    preg_match('/VmRSS:\s+(\d+)/', $status, $resident);
    preg_match('/VmSize:\s+(\d+)/', $status, $virtual);
    return [(int) $resident[1], (int) $virtual[1]];
}

function recurse(int $n): int
{
    return recurse($n + 1) + 1;
}

$kinds = [
    'return' => [10_000, fn () => 42, fn (Thread $thread) => $thread->join() === 42],
    'throw' => [1000, fn () => throw new DomainException('thrown', 5), function (Thread $thread) {
        try {
            $thread->join();
        } catch (RemoteException $e) {
            return $e->getRemoteException() instanceof DomainException && $e->getCode() === 5 && $e->getRemoteException()->getFile() === __FILE__;
        }
    }],
    'exit' => [1000, fn () => exit(3), function (Thread $thread) {
        try {
            $thread->join();
        } catch (ThreadExitException $e) {
            return $e->getStatus() === 3;
        }
    }],
    'run out of memory' => [1000, function () { ini_set('memory_limit', '4M'); $list = []; while (true) $list[] = new stdClass; }, fatal('Allowed memory size')],
    'recurse endlessly' => [1000, fn () => ini_set('memory_limit', '8M') . recurse(0), fatal('Allowed memory size')],
];

function fatal(string $message): Closure
{
    return function (Thread $thread) use ($message) {
        try {
            $thread->join();
        } catch (ThreadFatalError $e) {
            return str_contains($e->getMessage(), $message) && $e->getFile() === __FILE__ && $e->getLine() > 0;
        }
    };
}

// As many threads as are kept for the next job: each has memory of its own for as long as it lives.
foreach (array_map(fn () => new Thread(fn () => usleep(20_000)), range(1, 12)) as $thread) {
    $thread->join();
}

$failures = 0;
foreach ($kinds as $name => [$count, $task, $check]) {
    $count = max(1, intdiv($count * $percent, 100));
    // Heaps keep some memory for the next request; by then they have what they keep.
    for ($i = 0; $i < min(2000, 2 * $count); $i++) {
        $check(new Thread($task));
    }
    [$resident, $virtual] = memory();
    $wrong = 0;
    $start = hrtime(true);
    for ($i = 0; $i < $count; $i++) {
        $check(new Thread($task)) === true || $wrong++;
    }
    $seconds = (hrtime(true) - $start) / 1e9;
    [$resident_after, $virtual_after] = memory();
    printf("%6d x %-20s %6.2f s, %d wrong, RSS %+d kB, VmSize %+d kB\n", $count, $name, $seconds, $wrong, $resident_after - $resident, $virtual_after - $virtual);
    $failures += $wrong + ($resident_after - $resident > 4096 ? 1 : 0);
}

$count = max(1, intdiv(500 * $percent, 100));
$threads = array_map(fn (int $n) => new Thread(fn () => $n), range(1, $count));
$sum = array_sum(array_map(fn (Thread $thread) => $thread->join(), $threads));
printf("%6d at once: %s\n", $count, $sum === $count * ($count + 1) / 2 ? 'all there' : 'wrong');
exit($failures === 0 && $sum === $count * ($count + 1) / 2 ? 0 : 1);
