<?php
// What it costs that a thread sees its creator's code, beside including the same files in the thread: without opcache and with it.
//
// 500 classes of 10 methods in chains of inheritance, 500 functions and 500 constants, in ten files. "once" is what the first thread pays for making images (an included
// file is compiled at its first inclusion); "thread" is what each thread pays after that: start and join of a thread that has the code, minus start and join of one that
// has none. Memory: the process's after the first, PHP's own in a thread.

use function Async\spawn_thread;

const ROUNDS = 9;
const THREADS = 20;
const FILES = 10;
const PER_FILE = 50;

function write_files(string $directory): void
{
    for ($f = 0; $f < FILES; $f++) {
        $code = "<?php\nnamespace App\\Part$f;\n";
        for ($c = 0; $c < PER_FILE; $c++) {
            $parent = $c % 5 ? ' extends C' . ($c - 1) : '';
            $code .= "class C$c$parent {\n    const NAME = 'c$c';\n    protected array \$data = ['a' => 1, 'b' => [2, 3]];\n    public static int \$made = 0;\n";
            for ($m = 0; $m < 10; $m++) {
                $code .= "    /** Method $m. */\n    public function m{$c}_$m(int \$x, ?string \$s = null): array {\n        if (\$x > $m) { foreach (\$this->data as \$k => \$v) { \$s .= \$k . self::NAME; } }\n        return [\$x, \$s, \\strlen((string) \$s) * $m];\n    }\n";
            }
            $code .= "}\nfunction f$c(array \$list): int { return \\count(\$list) + $c; }\nconst K$c = [$c, 'k'];\n";
        }
        file_put_contents("$directory/part$f.php", $code);
    }
}

function names(): int
{
    return FILES * PER_FILE * 3;
}

/** Microseconds of starting and joining one thread, the median of some rounds. */
function per_thread(Closure $start): float
{
    $times = [];
    for ($r = 0; $r <= ROUNDS; $r++) {
        $begin = hrtime(true);
        for ($i = 0; $i < THREADS; $i++) {
            $start()->join();
        }
        $times[] = (hrtime(true) - $begin) / 1e3 / THREADS;
    }
    array_shift($times);
    sort($times);
    return $times[intdiv(ROUNDS, 2)];
}

function resident(): float
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $match);
    return $match[1] / 1024;
}

if (($argv[1] ?? '') === 'measure') {
    $files = glob($argv[2] . '/*.php');
    $include = static function () use ($files) { foreach ($files as $file) { include $file; } return memory_get_usage(); };
    $nothing = static fn () => memory_get_usage();
    $empty = spawn_thread($nothing, inherit: false)->join();
    $base = per_thread(fn () => spawn_thread($nothing, inherit: false));
    $begin = hrtime(true);
    $included = spawn_thread($include, inherit: false)->join();
    $first = (hrtime(true) - $begin) / 1e3 - $base;
    $includes = per_thread(fn () => spawn_thread($include, inherit: false)) - $base;
    $include();
    $before = resident();
    $begin = hrtime(true);
    $thread = spawn_thread($nothing);
    $images = (hrtime(true) - $begin) / 1e3;
    $bound = $thread->join();
    $memory = resident() - $before;
    $binds = per_thread(fn () => spawn_thread($nothing)) - $base;
    printf("  %-24s once %8.0f us   thread %8.1f us, %7.1f ns a name   memory of a thread %7.0f KB\n", 'included in the thread', $first, $includes, $includes * 1e3 / names(), ($included - $empty) / 1024);
    printf("  %-24s once %8.0f us   thread %8.1f us, %7.1f ns a name   memory of a thread %7.0f KB, of the images %.1f MB\n", 'seen from its creator', $images, $binds, $binds * 1e3 / names(), ($bound - $empty) / 1024, $memory);
    exit;
}

$directory = sys_get_temp_dir() . '/async_threads_code_' . getmypid();
mkdir($directory);
write_files($directory);
$command = explode("\0", rtrim(file_get_contents('/proc/self/cmdline'), "\0"));
$extension = array_values(array_filter($command, fn ($option) => str_contains($option, 'async_threads') && str_contains($option, '=')));
printf("%d classes, functions and constants in %d files\n", names(), FILES);
foreach (['without opcache' => [], 'with opcache' => ['-d', 'zend_extension=opcache', '-d', 'opcache.enable_cli=1', '-d', 'opcache.protect_memory=0']] as $how => $opcache) {
    echo "$how\n";
    $php = [PHP_BINARY, '-n', ...array_merge(...array_map(fn ($setting) => ['-d', preg_replace('/^-d/', '', $setting)], $extension)), ...$opcache, __FILE__, 'measure', $directory];
    passthru(implode(' ', array_map(escapeshellarg(...), $php)));
}
array_map(unlink(...), glob("$directory/*"));
rmdir($directory);
