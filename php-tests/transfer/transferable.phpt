--TEST--
Async\Transferable: an object crosses as what it says, by every way, and may veto
--EXTENSIONS--
async_threads
--FILE--
<?php
require __DIR__ . '/ways.inc';

use Async\Thread;
use Async\Transferable;

class Connection implements Transferable
{
    public $resource;
    public static array $asked = [];

    public function __construct(public string $dsn, public mixed $options = null)
    {
        $this->resource = fopen('php://memory', 'r');
    }

    public function transfer(): mixed
    {
        self::$asked[] = $this->dsn;
        return ['dsn' => $this->dsn, 'options' => $this->options];
    }

    public static function restore(mixed $state): static
    {
        return new static($state['dsn'], $state['options']);
    }
}

final class Special extends Connection {}

// Every way, and back; a subclass comes back as itself, its resource a new one.
foreach (every_way(new Special('sqlite:x', [1])) as $way => $there) {
    echo $way, ': ', $there::class, ' ', $there->dsn, ' ', json_encode($there->options), ' ', get_resource_type($there->resource), "\n";
}

// One object in several places is asked once and stays one; what its state shares with the graph stays shared.
$send = fn ($value) => (new Thread(fn ($v) => $v, $value))->join();
$shared = new stdClass;
$connection = new Connection('one', $shared);
Connection::$asked = [];
$there = $send(['a' => $connection, 'b' => [$connection], 'shared' => $shared, 'r1' => &$connection]);
var_dump(Connection::$asked, $there['a'] === $there['b'][0], $there['a'] === $there['r1'], $there['a']->options === $there['shared']);

// In typed properties, of whatever order.
class Uses { public ?Connection $first = null; public Transferable|int|null $second = null; public ?Uses $next = null; }
$uses = new Uses;
$uses->first = $uses->second = new Special('typed');
$uses->next = new Uses;
$uses->next->second = $uses->first;
$there = $send($uses);
var_dump($there->first === $there->second, $there->next->second === $there->first, $there->first::class);

// Transferables in the states of others.
$there = $send(new Connection('outer', [new Connection('inner', [new Connection('innermost')])]));
var_dump($there->options[0]->options[0]->dsn);

// A veto.
class Vetoes implements Transferable
{
    public function transfer(): mixed { throw new DomainException('in the middle of a transaction'); }
    public static function restore(mixed $state): static { return new static; }
}
refused('veto', new Vetoes);
comes_not('veto on the way back', fn () => [new Vetoes]);

// A state that does not cross, with the path; one that holds the object itself.
refused('state', ['c' => new Connection('d', ['x' => fopen('php://memory', 'r')])]);
class Selfish implements Transferable
{
    public function transfer(): mixed { return [$this]; }
    public static function restore(mixed $state): static { return new static; }
}
try { $send([new Selfish]); } catch (Async\ThreadTransferException $e) { echo $e->getMessage(), "\n"; }

// restore() that throws, gives something else, exits.
class Sour implements Transferable
{
    public function __construct(public string $how) {}
    public function transfer(): mixed { return $this->how; }
    public static function restore(mixed $state): static
    {
        return match ($state) {
            'throws' => throw new DomainException('no place here'),
            'exits' => exit(4),
        };
    }
}
foreach (['throws', 'exits'] as $how) {
    try {
        (new Thread(fn ($given) => 1, [new stdClass, 'x' => [new Sour($how)], str_repeat('x', 100)]))->join();
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}

// transfer() that changes the graph around it, sends something itself, collects garbage.
class Meddles implements Transferable
{
    public function __construct(public ?Uses $in = null, public mixed $list = null) {}
    public function transfer(): mixed
    {
        $GLOBALS['list'] = ['all', 'gone'];
        if (isset($GLOBALS['object'])) {
            $GLOBALS['object']->list = array_fill(0, 1000, 'other');
            unset($GLOBALS['object']->more);
        }
        gc_collect_cycles();
        return (new Thread(static fn () => 'from another'))->join();
    }
    public static function restore(mixed $state): static { gc_collect_cycles(); return new static(list: (new Thread(fn ($s) => $s, $state))->join()); }
}
#[AllowDynamicProperties]
class Around { public $list; }
$object = new Around;
$object->list = [new Meddles, ['first'], 'k' => str_repeat('z', 30)];
$object->more = [[1], [2]];
$object->again = new Meddles;
$list = [$object, new Meddles, 'end'];
$there = $send($list);
var_dump($there[0]->list[0]->list, $there[0]->list[1], $there[0]->list['k'], isset($there[0]->more), $there[0]->again->list, $there[1]->list, $there[2], $list);

// exit in transfer() ends the sender's script, or its thread.
class Exits implements Transferable
{
    public function transfer(): mixed { exit(5); }
    public static function restore(mixed $state): static { return new static; }
}
try {
    (new Thread(function () { new Thread(fn ($v) => 1, [new Exits]); }))->join();
} catch (Async\ThreadExitException $e) {
    echo 'exit ', $e->getStatus(), "\n";
}
echo json_encode($send(['still', 'alive'])), "\n";
?>
--EXPECT--
argument: Special sqlite:x [1] stream
named argument: Special sqlite:x [1] stream
bound variable: Special sqlite:x [1] stream
$this: Special sqlite:x [1] stream
exception: Special sqlite:x [1] stream
argument of a pool: Special sqlite:x [1] stream
named argument of a pool: Special sqlite:x [1] stream
bound variable in a pool: Special sqlite:x [1] stream
$this in a pool: Special sqlite:x [1] stream
item of a map: Special sqlite:x [1] stream
exception of a pool: Special sqlite:x [1] stream
argument of an actor: Special sqlite:x [1] stream
constructor of an actor: Special sqlite:x [1] stream
exception of an actor: Special sqlite:x [1] stream
array(1) {
  [0]=>
  string(3) "one"
}
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(7) "Special"
string(9) "innermost"
veto
  DomainException: in the middle of a transaction
  DomainException: in the middle of a transaction
  DomainException: in the middle of a transaction
  DomainException: in the middle of a transaction
veto on the way back: Async\RemoteException: in the middle of a transaction
state
  Async\ThreadTransferException: Cannot transfer $args[0]['c']['options']['x']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given']['c']['options']['x']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value['c']['options']['x']: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held['c']['options']['x']: a resource (stream) is not transferable
Cannot transfer $args[0][0][0]: Selfish::transfer() gave a state that holds the object itself
Async\RemoteException: no place here
Async\ThreadExitException: The thread called exit(4)
string(12) "from another"
array(1) {
  [0]=>
  string(5) "first"
}
string(30) "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
bool(true)
string(12) "from another"
string(12) "from another"
string(3) "end"
array(2) {
  [0]=>
  string(3) "all"
  [1]=>
  string(4) "gone"
}
exit 5
["still","alive"]
