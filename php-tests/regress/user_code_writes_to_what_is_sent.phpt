--TEST--
User code that runs while values are captured may write to them: the sender's objects stay whole, and what was captured is of one piece
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\Thread;

class Meddler implements Async\Transferable {
    public static ?Closure $do = null;
    public function transfer(): mixed { if (self::$do) (self::$do)(); return 1; }
    public static function restore(mixed $state): static { return new static; }
}
#[AllowDynamicProperties] class Open { public $declared = 'old'; public $meddler; }
$send = fn ($value) => (new Thread(fn ($v) => $v, $value))->join();

// An ArrayObject's storage is written to in place.
$list = new ArrayObject(['m' => new Meddler, 'first' => 'value' . mt_rand(1, 1), 'list' => [1, mt_rand(2, 2)], 'last' => 'end']);
Meddler::$do = function () use ($list, &$junk) {
    for ($i = 0; $i < 1000; $i++) $list["k$i"] = "more $i";
    for ($i = 0; $i < 2000; $i++) $junk[] = array_flip(["j$i", "J$i", 'x', 'y', 'z']);
};
$there = $send($list);
echo json_encode([$there['first'], $there['list'], $there['last'], count($there), count($list)]), "\n";

// A table of properties points to the slots, and does so afterwards.
$does = ['add' => fn ($o) => $o->more = 2, 'unset' => function ($o) { unset($o->dynamic); }, 'walk' => function ($o) { foreach ($o as $k => &$v); }];
foreach ($does as $what => $do) {
    $open = new Open;
    $open->dynamic = 1;
    $open->meddler = new Meddler;
    Meddler::$do = fn () => $do($open);
    $there = $send($open);
    $open->declared = 'new';
    echo $what, ': ', $there->declared, ' ', $there->dynamic, ' ', ((array) $open)['declared'], ' ', get_object_vars($open)['declared'], "\n";
}

// What an exception has may veto; the exception arrives all the same.
class DbError extends Exception { public $meddler; }
Meddler::$do = fn () => throw new LogicException('veto');
try {
    (new Thread(function () { Meddler::$do = fn () => throw new LogicException('veto'); $e = new DbError('deadlock found', 40); $e->meddler = new Meddler; throw $e; }))->join();
} catch (Async\RemoteException $e) { echo $e->getRemoteClass(), ' ', $e->getCode(), ' ', $e->getMessage(), "\n"; }

// A destructor that throws while the capture lets go: nothing has been sent.
class Loud { public function __destruct() { throw new DomainException('from a destructor'); } }
class Makes implements Async\Transferable {
    public function transfer(): mixed { return new Loud; }
    public static function restore(mixed $state): static { return new static; }
}
$ran = tempnam(sys_get_temp_dir(), 'ran');
try { new Thread(function ($v) use ($ran) { file_put_contents($ran, 'x'); }, new Makes); } catch (DomainException $e) { echo $e->getMessage(), ' ', filesize($ran), "\n"; }
unlink($ran);
try { new Thread(fn () => 1, ["a\0b" => [STDIN]]); } catch (Async\ThreadTransferException $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECT--
["value1",[1,2],"end",4,1004]
add: old 1 new new
unset: old 1 new new
walk: old 1 new new
DbError 40 deadlock found
from a destructor 0
Cannot transfer $args[0]['a\0b'][0]: a resource (stream) is not transferable
