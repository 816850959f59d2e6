--TEST--
Async\Mailbox and Async\Supervised are attributes of classes: reflection makes them, arguments are checked, other places are refused
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Mailbox, Supervised};
#[Mailbox(capacity: 5), Supervised(restarts: 2, within: 30)] class A extends Async\Actor { public function hi() { return 'hi'; } }
class Inherits extends A {}
#[Mailbox(0)] class Wrong extends Async\Actor {}
#[Mailbox] class Lacking extends Async\Actor {}
#[Supervised(restarts: -1)] class Negative extends Async\Actor { public function hi() { return 'hi'; } }
#[Supervised] class Defaults extends Async\Actor { public function hi() { return 'hi'; } }
$try = function (callable $f) { try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } };
foreach ((new ReflectionClass('A'))->getAttributes() as $attribute) {
    $try(fn() => [$attribute->getName(), $attribute->getArguments(), $attribute->getTarget() === Attribute::TARGET_CLASS, get_class($attribute->newInstance())]);
}
$try(fn() => (new ReflectionClass('Wrong'))->getAttributes()[0]->newInstance());
$try(fn() => (new ReflectionClass('Lacking'))->getAttributes()[0]->newInstance());
$try(fn() => new Wrong);
$try(fn() => new Lacking);
$try(fn() => new Supervised(within: 0));
$try(fn() => new Supervised(-1));
$try(fn() => (new A)->hi() . (new Inherits)->hi() . (new Negative)->hi() . (new Defaults)->hi());
$try(fn() => (new ReflectionClass('Async\Mailbox'))->getAttributes()[0]->getName());
eval('#[Async\Mailbox(1)] function f() {}');
--EXPECTF--
array(4) {
  [0]=>
  string(13) "Async\Mailbox"
  [1]=>
  array(1) {
    ["capacity"]=>
    int(5)
  }
  [2]=>
  bool(true)
  [3]=>
  string(13) "Async\Mailbox"
}
array(4) {
  [0]=>
  string(16) "Async\Supervised"
  [1]=>
  array(2) {
    ["restarts"]=>
    int(2)
    ["within"]=>
    int(30)
  }
  [2]=>
  bool(true)
  [3]=>
  string(16) "Async\Supervised"
}
ValueError: Async\Mailbox::__construct(): Argument #1 ($capacity) must be greater than 0
ArgumentCountError: Async\Mailbox::__construct() expects exactly 1 argument, 0 given
ValueError: #[Async\Mailbox]: the capacity must be greater than 0
ValueError: #[Async\Mailbox]: the capacity must be greater than 0
ValueError: Async\Supervised::__construct(): Argument #2 ($within) must be greater than 0
ValueError: Async\Supervised::__construct(): Argument #1 ($restarts) must not be negative
string(8) "hihihihi"
string(9) "Attribute"

Fatal error: Attribute "Async\Mailbox" cannot target function (allowed targets: class) in %s
