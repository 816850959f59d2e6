--TEST--
A handle compares with values that are no actors, and takes part in operators, as any other object of its class would
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {}
class Text extends Async\Actor { public function __toString(): string { return 'text'; } }
class Plain {}
class PlainText { public function __toString(): string { return 'text'; } }
$values = ['null' => null, 'true' => true, 'false' => false, 'text' => 'text', 'list' => [], 'object' => new stdClass, 'closure' => fn() => 1, 'plain' => new Plain];
foreach ([[new A, new Plain], [new Text, new PlainText]] as [$actor, $plain]) {
    for ($i = 0; $i < 20; $i++) {
        foreach ($values as $name => $value) {
            $of = fn($x) => [$x == $value, $value == $x, $x === $value, $x <=> $value, $x < $value, $value < $x];
            if ($of($actor) !== $of($plain) && $name !== 'plain') { echo get_class($actor), ' ', $name, ' ', json_encode([$of($actor), $of($plain)]), "\n"; }
        }
    }
    var_dump((bool) $actor, !$actor, $actor && true, $actor ?: 'else');
    foreach ([fn() => $actor + 1, fn() => -$actor, fn() => [$actor => 1], fn() => $actor . '', fn() => clone $actor] as $f) {
        try { echo json_encode($f()), "\n"; } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
    }
}
--EXPECTF--
bool(true)
bool(false)
bool(true)
object(A)#%d (5) {
  ["id"]=>
  int(%d)
  ["mailbox"]=>
  int(%d)
  ["handled"]=>
  int(%d)
  ["worker"]=>
  int(%d)
  ["alive"]=>
  bool(true)
}
TypeError: Unsupported operand types: A + int
TypeError: Unsupported operand types: A * int
TypeError: %s
Error: Object of class A could not be converted to string
Error: Trying to clone an actor of class A: its state lives in one place; make a new one instead
bool(true)
bool(false)
bool(true)
object(Text)#%d (5) {
  ["id"]=>
  int(%d)
  ["mailbox"]=>
  int(%d)
  ["handled"]=>
  int(%d)
  ["worker"]=>
  int(%d)
  ["alive"]=>
  bool(true)
}
TypeError: Unsupported operand types: Text + int
TypeError: Unsupported operand types: Text * int
TypeError: %s
"text"
Error: Trying to clone an actor of class Text: its state lives in one place; make a new one instead
