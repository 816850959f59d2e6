--TEST--
Actors are there for shutdown functions and for the destructors that run at the end of the script, and end after them
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor {
    public function __construct(private $name = '') {}
    public function hi() { return "hi from $this->name\n"; }
    public function fails() { Async\delay(50); throw new DomainException('lost'); }
    public function __destruct() { if ($this->name === 'the static one') echo "$this->name goes\n"; }
}
class Client {
    public $self;
    public function __construct(private A $a, private $name) {}
    public function __destruct() {
        echo "destructor of $this->name: ", $this->a->hi();
        $b = new A("one made for $this->name");
        echo $b->hi();
    }
}
class Keep { public static $x; }
$a = new A('a');
$client = new Client($a, 'the client');
$cycle = new Client($a, 'a cycle');
$cycle->self = $cycle;
unset($cycle);
Keep::$x = new A('the static one');
register_shutdown_function(function () use ($a) {
    echo 'shutdown function: ', $a->hi(), (new A('a late one'))->hi();
    $a->failsAsync();
    register_shutdown_function(function () use ($a) {
        echo 'a later one: ', $a->hi();
        Async\spawn(function () use ($a) { Async\delay(10); echo 'its coroutine: ', $a->hi(); });
    });
});
Async\spawn(function () use ($a) { Async\delay(20); echo 'coroutine: ', $a->hi(); });
echo "end\n";
?>
--EXPECTF--
end
coroutine: hi from a
shutdown function: hi from a
hi from a late one

Warning: Message A#1::fails() failed and nobody awaited it: uncaught DomainException: lost in %s
a later one: hi from a
destructor of the client: hi from a
hi from one made for the client
destructor of a cycle: hi from a
hi from one made for a cycle
its coroutine: hi from a
the static one goes
