--TEST--
The pool closes when its last handle is gone; queued tasks are done
--FILE--
<?php
$futures = (function () { $pool = new Async\ThreadPool(1, 10); return array_map(fn ($n) => $pool->submit(fn () => $n * 2), [1, 2, 3]); })();
foreach ($futures as $future) var_dump($future->await());
var_dump((new Async\ThreadPool(1))->submit(fn () => 'temporary')->await());
for ($i = 0; $i < 20; $i++) { $p = new Async\ThreadPool(3); $p->submit(fn () => 1); }
echo "done\n";
--EXPECT--
int(2)
int(4)
int(6)
string(9) "temporary"
done
