--TEST--
Actors whose thread died answer ActorException; a supervised one is built anew
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
class A extends Async\Actor {
    protected int $n = 0;
    public function __construct(protected int $from = 0) { $this->n = $from; }
    public function add() { return ++$this->n; }
    public function die() { ini_set('memory_limit', '8M'); return strlen(str_repeat('x', 100_000_000)); }
}
#[Async\Supervised(restarts: 1, within: 60)]
class B extends A {}
$a = new A(10); $b = new B(20);
var_dump($a->add(), $b->add(), $b->add());
try { $a->die(); } catch (Async\ThreadFatalError $e) { echo get_class($e), "\n"; }
try { $a->add(); } catch (Async\ActorException $e) { echo $e->getMessage(), "\n"; }
var_dump($b->add());
try { $b->die(); } catch (Async\ThreadFatalError $e) { echo get_class($e), "\n"; }
try { $b->add(); } catch (Async\ActorException $e) { echo get_class($e), "\n"; }
var_dump((new A(1))->add());
--EXPECTF--
int(11)
int(21)
int(22)
Async\ThreadFatalError
A#1 is not there any more: its thread died: Allowed memory size of %s
int(21)
Async\ThreadFatalError
Async\ActorException
int(2)
