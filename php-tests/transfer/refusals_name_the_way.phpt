--TEST--
What cannot cross is refused with the path to it, and nothing is sent
--FILE--
<?php
require __DIR__ . '/ways.inc';

class Job { public $jobs; private $hidden; public function __construct($inner) { $this->jobs = ['x' => $this->hidden = $inner]; } }
class Connection { public $conn; public function __construct() { $this->conn = (function () { yield 1; })(); } }

refused('resource', fopen('php://memory', 'r'));
$closed = fopen('php://memory', 'r');
fclose($closed);
refused('closed resource', [$closed]);
refused('generator', ['deep' => ['er' => (function () { yield 1; })()]]);
refused('in objects and arrays', new Job(new Connection));
refused('fiber', [1 => new Fiber(fn () => 1)]);
refused('reflection', (object) ['strange name' => new ReflectionClass('Job')]);
refused('iterator of the engine', new LimitIterator(new ArrayIterator([1])));
refused('behind a reference', (function () { $x = [fopen('php://memory', 'r')]; return [&$x, &$x]; })());
$stream = fopen('php://memory', 'r');
refused('bound by a nested closure', [fn () => $stream]);
refused('bound $this of a nested closure', [(fn () => 1)->bindTo(new Connection, Connection::class)]);
refused('inside an ArrayObject', new ArrayObject(['k' => $stream]));
refused('negative keys', [-5 => ["quo'te" => $stream]]);
$dynamic = new stdClass;
$dynamic->{'5'} = $stream;
refused('dynamic property', $dynamic);

comes_not('result', fn () => ['r' => fopen('php://memory', 'r')]);
comes_not('exception', fn () => throw (new Carrier('carried'))->carry(fopen('php://memory', 'r')));

// Refused in the depth.
$list = $stream;
for ($i = 0; $i < 10_000; $i++) {
    $list = [$list];
}
try {
    new Async\Thread(fn ($l) => 1, $list);
} catch (Async\ThreadTransferException $e) {
    echo $e->getMessage(), "\n";
}
--EXPECT--
resource
  Async\ThreadTransferException: Cannot transfer $args[0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held: a resource (stream) is not transferable
closed resource
  Async\ThreadTransferException: Cannot transfer $args[0][0]: a resource (closed) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][0]: a resource (closed) is not transferable
  Async\ThreadTransferException: Cannot transfer $value[0]: a resource (closed) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[0]: a resource (closed) is not transferable
generator
  Async\ThreadTransferException: Cannot transfer $args[0]['deep']['er']: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']['deep']['er']: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $value['deep']['er']: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held['deep']['er']: Generator is not transferable
in objects and arrays
  Async\ThreadTransferException: Cannot transfer $args[0]->jobs['x']->conn: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']->jobs['x']->conn: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $value->jobs['x']->conn: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held->jobs['x']->conn: Generator is not transferable
fiber
  Async\ThreadTransferException: Cannot transfer $args[0][1]: Fiber is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][1]: Fiber is not transferable
  Async\ThreadTransferException: Cannot transfer $value[1]: Fiber is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[1]: Fiber is not transferable
reflection
  Async\ThreadTransferException: Cannot transfer $args[0]->{'strange name'}: ReflectionClass is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']->{'strange name'}: ReflectionClass is not transferable
  Async\ThreadTransferException: Cannot transfer $value->{'strange name'}: ReflectionClass is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held->{'strange name'}: ReflectionClass is not transferable
iterator of the engine
  Async\ThreadTransferException: Cannot transfer $args[0]: LimitIterator is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']: LimitIterator is not transferable
  Async\ThreadTransferException: Cannot transfer $value: LimitIterator is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held: LimitIterator is not transferable
behind a reference
  Async\ThreadTransferException: Cannot transfer $args[0][0][0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][0][0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value[0][0]: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[0][0]: a resource (stream) is not transferable
bound by a nested closure
  Async\ThreadTransferException: Cannot transfer $args[0][0]{$stream}: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][0]{$stream}: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value[0]{$stream}: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[0]{$stream}: a resource (stream) is not transferable
bound $this of a nested closure
  Async\ThreadTransferException: Cannot transfer $args[0][0]{$this}->conn: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][0]{$this}->conn: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $value[0]{$this}->conn: Generator is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[0]{$this}->conn: Generator is not transferable
inside an ArrayObject
  Async\ThreadTransferException: Cannot transfer $args[0][1]['k']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][1]['k']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value[1]['k']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[1]['k']: a resource (stream) is not transferable
negative keys
  Async\ThreadTransferException: Cannot transfer $args[0][-5]['quo\'te']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][-5]['quo\'te']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value[-5]['quo\'te']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[-5]['quo\'te']: a resource (stream) is not transferable
dynamic property
  Async\ThreadTransferException: Cannot transfer $args[0]->5: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']->5: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value->5: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held->5: a resource (stream) is not transferable
result: Async\ThreadTransferException: Cannot transfer return value['r']: a resource (stream) is not transferable
exception: Async\RemoteException: carried
Cannot transfer $args[0][0][0][0][0][0][0][0][0][0][0][0]…(9977 more)…[0][0][0][0][0][0][0][0][0][0][0][0]: a resource (stream) is not transferable
