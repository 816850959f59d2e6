--TEST--
Memory that ends while a result is captured is the thread's fatal error, or no matter
--FILE--
<?php
use Async\Thread;

class Greedy
{
    public $rest;

    public function __construct(private int $depth)
    {
        $this->rest = $depth > 0 ? new Greedy($depth - 1) : null;
    }
}
for ($i = 0; $i < 5; $i++) {
    $thread = new Thread(function () {
        $result = array_map(fn () => new Greedy(10), range(1, 1000));
        ini_set('memory_limit', (string) (memory_get_usage(true) + 4096));
        return $result;
    });
    try {
        echo count($thread->join()), "\n";
    } catch (Async\ThreadFatalError $e) {
        echo "fatal\n";
    }
}
--EXPECT--
1000
1000
1000
1000
1000
