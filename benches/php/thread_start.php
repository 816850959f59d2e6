<?php
// What it costs to start a thread and to wait for its end, beside pthread_create() and pthread_join() in the same run, and beside
// what two threads need to wake one another in turn: a warm thread sleeps, and so does who waits for it.
//
// Warm: the operating system's thread is there and takes a new PHP request. Cold (async_threads.thread_cache=0): it is made too.

use Async\Thread;

const ROUNDS = 9;
const THREADS = 500;

/** Microseconds of one start and join, the median of some rounds. */
function median(Closure $round, int $rounds = ROUNDS): float
{
    $round();
    $times = [];
    for ($i = 0; $i < $rounds; $i++) {
        $times[] = $round();
    }
    sort($times);
    return $times[intdiv($rounds, 2)];
}

function php_round(): float
{
    $start = hrtime(true);
    for ($i = 0; $i < THREADS; $i++) {
        (new Thread(static fn () => null))->join();
    }
    return (hrtime(true) - $start) / 1e3 / THREADS;
}

// The same script in another process, for what a setting at start-up decides.
if (($argv[1] ?? '') === 'measure') {
    echo median(php_round(...)), "\n";
    exit;
}

/** The same in a process with another setting, and else with the command line of this one. */
function php_with(int $thread_cache): float
{
    $command = explode("\0", rtrim(file_get_contents('/proc/self/cmdline'), "\0"));
    $script = array_search($_SERVER['SCRIPT_FILENAME'], $command, true);
    $command[0] = PHP_BINARY;
    $command = [...array_slice($command, 0, $script), '-d', "async_threads.thread_cache=$thread_cache", __FILE__, 'measure'];
    return (float) shell_exec(implode(' ', array_map(escapeshellarg(...), $command)));
}

function pthread_round(string $program, string $what = ''): float
{
    return (float) shell_exec(escapeshellarg($program) . " $what " . THREADS);
}

function compile_yardstick(): string
{
    $program = tempnam(sys_get_temp_dir(), 'pthread_yardstick_');
    $source = <<<'C'
    #include <pthread.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <time.h>
    static void *empty(void *argument) { return argument; }
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
    static int turn, turns;
    static void *alternate(void *me)
    {
        pthread_mutex_lock(&lock);
        while (turn < turns) {
            if (turn % 2 == (me != NULL)) {
                turn++;
                pthread_cond_signal(&changed);
            } else {
                pthread_cond_wait(&changed, &lock);
            }
        }
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
        return NULL;
    }
    int main(int argc, char **argv)
    {
        int count = atoi(argv[argc - 1]);
        struct timespec from, to;
        if (argc == 3) {
            pthread_t thread;
            turns = 2 * count;
            if (pthread_create(&thread, NULL, alternate, NULL)) return 1;
            clock_gettime(CLOCK_MONOTONIC, &from);
            alternate(&turn);
            clock_gettime(CLOCK_MONOTONIC, &to);
            pthread_join(thread, NULL);
            printf("%f\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / 1e3 / count);
            return 0;
        }
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (int i = 0; i < count; i++) {
            pthread_t thread;
            if (pthread_create(&thread, NULL, empty, NULL)) return 1;
            pthread_join(thread, NULL);
        }
        clock_gettime(CLOCK_MONOTONIC, &to);
        printf("%f\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / 1e3 / count);
        return 0;
    }
    C;
    file_put_contents("$program.c", $source);
    exec('cc -O2 -pthread -o ' . escapeshellarg($program) . ' ' . escapeshellarg("$program.c"), result_code: $status);
    unlink("$program.c");
    $status === 0 || exit("The yardstick does not compile: a C compiler (cc) is needed.\n");
    return $program;
}

$program = compile_yardstick();
// In turns, so that what else the machine does hits all of them.
$rows = ['pthread_create + join' => [], 'wake and be woken' => [], 'new Thread + join, warm' => [], 'new Thread + join, cold' => []];
for ($i = 0; $i < 3; $i++) {
    $rows['pthread_create + join'][] = median(fn () => pthread_round($program));
    $rows['wake and be woken'][] = median(fn () => pthread_round($program, 'alternate'));
    $rows['new Thread + join, warm'][] = php_with(8);
    $rows['new Thread + join, cold'][] = php_with(0);
}
unlink($program);

printf("%-26s %12s %10s\n", 'median of ' . ROUNDS . ' x ' . THREADS, 'µs each', 'ratio');
foreach ($rows as $name => $times) {
    sort($times);
    $yardstick ??= $times[1];
    printf("%-26s %11.1f %10.2f\n", $name, $times[1], $times[1] / $yardstick);
}
