--TEST--
Each copy of an object is destroyed once, where it is
--FILE--
<?php
use Async\Thread;

class D
{
    public function __construct(public string $name) {}
    public function __destruct() { echo $this->name, ' ends in ', $GLOBALS['where'] ?? 'the thread', "\n"; }
}
$where = 'main';
$d = new D('first');
(new Thread(function ($d) { echo "got {$d->name}\n"; }, $d))->join();
$back = (new Thread(fn () => new D('second')))->join();
echo "main has {$back->name}\n";
unset($back);
echo "end\n";
--EXPECT--
got first
first ends in the thread
second ends in the thread
main has second
second ends in main
end
first ends in main
