--TEST--
What one echo writes stays together, with many threads writing at once
--FILE--
<?php
require __DIR__ . '/child.inc';

$child = proc_open(
    'exec ' . getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS') . ' -r ' . escapeshellarg(<<<'PHP'
    $threads = [];
    for ($t = 0; $t < 8; $t++) {
        $threads[] = new Async\Thread(function () use ($t) {
            for ($i = 0; $i < 1000; $i++) {
                echo $t . str_repeat('-', $i % 300) . "\n";
            }
        });
    }
    PHP),
    [1 => ['pipe', 'w']],
    $pipes,
);
$torn = $whole = 0;
while (($line = fgets($pipes[1])) !== false) {
    if (preg_match('/^\d-*$/', $line)) {
        $whole++;
    } else {
        echo $line;
    }
}
echo $whole, ' ', proc_close($child), "\n";
--EXPECT--
8000 0
