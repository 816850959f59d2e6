--TEST--
An exception goes to the caller and leaves the actor alive; so does exit
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    private int $n = 0;
    public function fail() { $this->n++; throw new DomainException('bad', 7); }
    public function leave() { $this->n++; exit(3); }
    public function n() { return $this->n; }
    public function typed(int $x): int { return 'x'; }
}
$a = new A;
try { $a->fail(); } catch (DomainException $e) { echo $e->getMessage(), $e->getCode(), "\n"; }
try { $a->leave(); } catch (Async\ThreadExitException $e) { echo $e->getStatus(), "\n"; }
try { $a->typed('x'); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
try { $a->typed(1); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
try { $a->n(1, 2, 3, nope: 4); } catch (Error $e) { echo $e->getMessage(), "\n"; }
var_dump($a->n());
--EXPECTF--
bad7
3
A::typed(): Argument #1 ($x) must be of type int, string given%A
A::typed(): Return value must be of type int, string returned
%Anknown named parameter $nope
int(2)
