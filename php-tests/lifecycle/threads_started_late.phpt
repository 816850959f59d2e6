--TEST--
Destructors and shutdown functions of main can start and await threads
--FILE--
<?php
require __DIR__ . '/child.inc';

run_child(<<<'PHP'
register_shutdown_function(function () {
    echo (new Thread(fn () => "awaited in a shutdown function\n"))->join();
    new Thread(function () { usleep(50_000); echo "started in a shutdown function\n"; });
});
PHP);
run_child(<<<'PHP'
class Late
{
    public function __destruct()
    {
        echo (new Thread(static fn () => "awaited in a destructor\n"))->join();
        new Thread(static function () { usleep(50_000); echo "started in a destructor\n"; });
    }
}
$late = new Late;
PHP);
run_child(<<<'PHP'
class Late
{
    public $thread;
    public function __destruct() { echo $this->thread->join(); }
}
$late = new Late;
$late->thread = new Thread(fn () => "handle used in a destructor\n");
PHP);
run_child(<<<'PHP'
register_shutdown_function(function () {
    new Thread(fn () => throw new Exception('failed late'));
});
PHP);
--EXPECTF--
awaited in a shutdown function
started in a shutdown function
status 0
awaited in a destructor
started in a destructor
status 0
handle used in a destructor
status 0

Warning: Thread #1 failed and nobody awaited it: uncaught Exception: failed late in child.php:5 in %s on line %d
status 0
