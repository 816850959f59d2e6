<?php
// Code that travels, at full size: `php code.php [part]` with the extension, plain, with opcache and with its JIT.
//
//   tree      eight threads load the same 500 classes at once, 100 times, and inherit them as often
//   closures  100,000 different closures are made, run in threads and dropped; memory stays flat
//   reset     opcache_reset() under load: six threads, 500 rounds

use Async\Thread;
use function Async\spawn_thread;

function body(string $phpt, array $changes): string
{
    $text = file_get_contents(__DIR__ . "/../code/$phpt.phpt");
    $code = preg_replace('/^.*?--FILE--\n(.*?)--EXPECT.*$/s', '$1', $text);
    foreach ($changes as $from => $to) {
        str_contains($code, $from) || exit("$phpt has no '$from'\n");
        $code = str_replace($from, $to, $code);
    }
    return preg_replace('/^<\?php\n/', '', $code);
}

$parts = [
    'tree' => body('eight_threads_load_the_same_tree', ['$count = 150' => '$count = 500', '$round < 4' => '$round < 100', '$round < 10' => '$round < 100']),
    'closures' => body('many_different_closures', ['$i < 12000' => '$i < 100000', '$i === 4000' => '$i === 20000']),
    'reset' => body('opcache_reset_under_load', ['$round < 60' => '$round < 500']),
];
foreach (isset($argv[1]) ? [$argv[1]] : array_keys($parts) as $part) {
    if ($part === 'reset' && !function_exists('opcache_reset')) {
        continue;
    }
    $start = hrtime(true);
    $file = tempnam(sys_get_temp_dir(), 'async_threads_code_');
    file_put_contents($file, "<?php\n" . $parts[$part]);
    (static function () use ($file) { include $file; })();
    unlink($file);
    printf("%s: %.1f s, %d MB resident\n", $part, (hrtime(true) - $start) / 1e9, explode(' ', file_get_contents('/proc/self/statm'))[1] / 256);
}
