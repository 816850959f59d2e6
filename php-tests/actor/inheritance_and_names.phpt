--TEST--
Abstract actors, interfaces, traits, overriding and methods really named …Async; handles through threads, pools and actors
--EXTENSIONS--
async_threads
--FILE--
<?php
use function Async\{await, spawn_thread, actor_stats, actor_stop};
interface Greets { const HELLO = 'hello'; public function greet(string $name): string; }
trait Counts { private int $count = 0; abstract public function greet(string $name): string; public function count(): int { return ++$this->count; } public static function made(): static { return new static; } }
abstract class Base extends Async\Actor implements Greets {
    public function greet(string $name): string { return static::HELLO . " $name from " . $this->who(); }
    abstract protected function who(): string;
    public function parent(): string { return 'base'; }
}
class A extends Base {
    use Counts { count as public tally; }
    protected function who(): string { return self::class; }
    public function parent(): string { return 'child of ' . parent::parent(); }
    public function fetch() { return 'fetch'; }
    public function fetchAsync() { return 'a method of that name'; }
    public function keep($x) { return $x; }
    public function ask(A $other) { return $other->greet('an actor'); }
    public function make() { return new self; }
    public function local() { static $n = 0; return ++$n; }
}
final class B extends A { const HELLO = 'hi'; protected function who(): string { return 'B'; } public function __call($name, $args) { return "$name(" . implode(',', $args) . ')'; } }
$a = new A; $b = B::made();
var_dump($a->greet('x'), $b->greet('x'), $a->parent(), $b->parent(), $a->count(), $a->tally(), $a->TALLY());
var_dump($a->fetch(), $a->fetchAsync(), $b->fetchasync(), $a->greetAsync('y')->await(), $a->GREETasync(name: 'z')->await());
var_dump($b->whatever(1, 2), $b->whateverAsync(3)->await());
$pool = new Async\ThreadPool(1);
var_dump(await(spawn_thread(fn() => $a->greet('a thread'))), $pool->enqueue(fn() => $a->greet('a pool')), $b->ask($a));
var_dump(await(spawn_thread(fn() => $a)) === $a, $pool->enqueue(fn() => [$a, $a]) === [$a, $a], $a->keep($a) === $a, $a->keep([$b])[0] === $b);
$made = await(spawn_thread(fn() => new A));
var_dump($made->greet('main'), $made->make()->make()->greet('grandchild'), $a->local() + $a->local());
var_dump(array_keys(actor_stats($a)), actor_stats($a)['alive']);
actor_stop($a);
try { $a->fetch(); } catch (Async\ActorException $e) { echo $e->getMessage(), "\n"; }
var_dump(actor_stats($a)['alive'], $b->fetch());
--EXPECT--
string(14) "hello x from A"
string(11) "hi x from B"
string(13) "child of base"
string(13) "child of base"
int(1)
int(2)
int(3)
string(5) "fetch"
string(21) "a method of that name"
string(21) "a method of that name"
string(14) "hello y from A"
string(14) "hello z from A"
string(13) "whatever(1,2)"
string(11) "whatever(3)"
string(21) "hello a thread from A"
string(19) "hello a pool from A"
string(21) "hello an actor from A"
bool(true)
bool(true)
bool(true)
bool(true)
string(17) "hello main from A"
string(23) "hello grandchild from A"
int(3)
array(5) {
  [0]=>
  string(2) "id"
  [1]=>
  string(7) "mailbox"
  [2]=>
  string(7) "handled"
  [3]=>
  string(6) "worker"
  [4]=>
  string(5) "alive"
}
bool(true)
A#1 is not there any more: it was stopped
bool(false)
string(5) "fetch"
