--TEST--
Actors that wait for room in each other's or their own mailbox get a DeadlockError, and go on
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\await_all;
#[Async\Mailbox(capacity: 2)]
class A extends Async\Actor {
    private int $n = 0;
    public function add() { return ++$this->n; }
    public function fill(A $other, int $times) { for ($i = 0; $i < $times; $i++) { $other->addAsync()->ignore(); } return 'filled'; }
}
$a = new A; $b = new A;
echo $a->fill($a, 2), "\n";
try { $a->fill($a, 3); } catch (Async\DeadlockError $e) { echo preg_replace('/#\d+/', '#n', $e->getMessage()), "\n"; }
echo $a->add(), "\n";
for ($i = 0; $i < 50; $i++) {
    [$results, $errors] = await_all([$a->fillAsync($b, 10), $b->fillAsync($a, 10)]);
    foreach ($errors as $error) { if (!$error instanceof Async\DeadlockError) echo get_class($error), "\n"; }
    if (count($results) + count($errors) !== 2 || !$results) echo "lost\n";
}
echo $a->fill($b, 10), $b->fill($a, 10), "\n";
--EXPECT--
filled
This call would wait for itself: A#n → A#n
5
filledfilled
