--TEST--
When the last line has run, threads still run to their end, whatever they do
--FILE--
<?php
require __DIR__ . '/child.inc';

run_child(<<<'PHP'
echo "last line but one\n";
new Thread(function () { for ($i = 0; $i < 1_000_000; $i++); echo "computed\n"; });
PHP);
run_child(<<<'PHP'
echo "last line but one\n";
new Thread(function () { usleep(100_000); echo "slept\n"; });
PHP);
run_child(<<<'PHP'
register_shutdown_function(function () { echo "shutdown function\n"; });
new Thread(function () {
    echo "outer\n";
    $inner = new Thread(function () { usleep(100_000); echo "inner\n"; });
});
PHP);
run_child(<<<'PHP'
class Slow { public function __destruct() { usleep(100_000); echo "destructor\n"; } }
new Thread(function () { $GLOBALS['slow'] = new Slow; });
PHP);
--EXPECT--
last line but one
computed
status 0
last line but one
slept
status 0
outer
inner
shutdown function
status 0
destructor
status 0
