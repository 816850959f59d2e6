--TEST--
A thread that a destructor at the end of another one starts may start threads itself: none waits for the thread that waits for it
--FILE--
<?php
use Async\Thread;

class D
{
    public function __destruct()
    {
        new Thread(static function () {
            usleep(20_000);
            (new Thread(static fn () => 1))->join();
            echo "done\n";
        });
    }
}
for ($i = 0; $i < 3; $i++) {
    (new Thread(static function () {
        $GLOBALS['keep'] = new D;
        return 1;
    }))->join();
    usleep(100_000);
}
--EXPECT--
done
done
done
