--TEST--
A full mailbox makes the sender wait
--EXTENSIONS--
async_threads
--FILE--
<?php
#[Async\Mailbox(capacity: 2)]
class A extends Async\Actor {
    private array $seen = [];
    public function see(int $i) { $this->seen[] = $i; }
    public function seen() { return $this->seen; }
}
$a = new A;
for ($i = 0; $i < 500; $i++) { $f[] = $a->seeAsync($i); }
Async\await_all_or_fail($f);
var_dump($a->seen() === range(0, 499));
#[Async\Mailbox(capacity: 0)]
class Wrong extends Async\Actor {}
try { new Wrong; } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
--EXPECT--
bool(true)
#[Async\Mailbox]: the capacity must be greater than 0
