--TEST--
Serialisers that users gave to subclasses of internal classes may throw, change the graph, or send something
--FILE--
<?php
use Async\Thread;

$send = fn ($value) => (new Thread(fn ($v) => $v, $value))->join();

class Mine extends ArrayObject
{
    public $restored = 0;
    public function __serialize(): array { return ['mine' => $this->getArrayCopy()]; }
    public function __unserialize(array $data): void { $this->exchangeArray($data['mine']); $this->restored++; }
}
$m = new Mine([1, 2]);
$there = $send([$m, ['again' => $m]]);
var_dump($there[0] === $there[1]['again'], $there[0]->getArrayCopy(), $there[0]->restored);

class Vetoes extends ArrayObject
{
    public function __serialize(): array { throw new LogicException('not me'); }
}
try {
    $send([1, [new Vetoes]]);
} catch (LogicException $e) {
    echo $e->getMessage(), "\n";
}

class Refuses extends ArrayObject
{
    public function __unserialize(array $data): void { throw new LogicException('not here'); }
}
try {
    $send([str_repeat('x', 100), [new Refuses([[1], [2]])], new stdClass]);
} catch (Async\RemoteException $e) {
    echo get_class($e->getPrevious()), ': ', $e->getMessage(), "\n";
}

class Meddles extends ArrayObject
{
    public function __serialize(): array
    {
        global $graph, $object;
        if (!$object) {
            return ['sent' => $this['got']];
        }
        $graph[] = 'added';
        unset($graph['later'], $graph[0]);
        for ($i = 0; $i < 200; $i++) {
            $graph["k$i"] = new stdClass;
        }
        $object->a = $object->b = null;
        $object->c = str_repeat('y', 50);
        unset($object->d);
        $object->e = new stdClass;
        gc_collect_cycles();
        return ['sent' => $object];
    }
    public function __unserialize(array $data): void { $this['got'] = $data['sent']; }
}
$object = new stdClass;
foreach (['a', 'b', 'c', 'd'] as $name) {
    $object->$name = (object) ['in' => [$name]];
}
$graph = ['first' => $object, [1, 2, 3], 'meddler' => new Meddles, 'later' => ['x' => [new stdClass]], 'last' => $object];
$there = $send($graph);
var_dump(array_keys($there), $there['first'] === $there['last'], $there['meddler']['got'] === $there['first'], $there['later']['x'][0] instanceof stdClass);

class Sends extends ArrayObject
{
    public function __serialize(): array { return [(new Thread(static fn ($v) => strrev($v), 'olleh'))->join()]; }
    public function __unserialize(array $data): void { $this['got'] = (new Thread(static fn ($v) => "$v again", $data[0]))->join(); }
}
var_dump($send([new Sends, 'beside'])[0]['got']);

class Exits extends ArrayObject
{
    public function __unserialize(array $data): void { exit(3); }
}
try {
    $send([new Exits]);
} catch (Async\ThreadExitException $e) {
    echo 'exit ', $e->getStatus(), "\n";
}
echo json_encode($send(['still', 'alive'])), "\n";
--EXPECT--
bool(true)
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(2)
}
int(1)
not me
LogicException: not here
array(5) {
  [0]=>
  string(5) "first"
  [1]=>
  int(0)
  [2]=>
  string(7) "meddler"
  [3]=>
  string(5) "later"
  [4]=>
  string(4) "last"
}
bool(true)
bool(true)
bool(true)
string(11) "hello again"
exit 3
["still","alive"]
