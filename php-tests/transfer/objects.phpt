--TEST--
Objects of user classes: every kind of property, no constructor, no __wakeup
--FILE--
<?php
require __DIR__ . '/ways.inc';

enum Suit { case Hearts; case Spades; }

class Base
{
    public $public = 'base';
    protected $protected = [1];
    private $private = 'of base';
    private static $static = 'static';

    public function ofBase() { return $this->private; }
}

class Child extends Base
{
    private $private = 'of child';
    public int $typed = 5;
    public ?Child $next = null;
    public int $uninitialised;
    public readonly array $readonly;
    public readonly string $never;

    public function __construct() { echo "constructor\n"; $this->readonly = ['set']; }
    public function __wakeup() { echo "wakeup\n"; }
    public function __sleep() { echo "sleep\n"; return []; }
    public function __serialize(): array { echo "serialize\n"; return []; }
    public function __unserialize(array $data): void { echo "unserialize\n"; }
    public function __clone() { echo "clone\n"; }
    public function __get($name) { return "got $name"; }
    public function ofChild() { return $this->private; }
    public function setNever() { $this->never = 'now'; return $this->never; }
    public function setReadonly() { $this->readonly = []; }
}

arrives('inheritance with private properties of one name', fn () => new Child, function ($o) {
    return [$o->ofBase(), $o->ofChild(), $o->public] === ['of base', 'of child', 'base'] ? null : 'mixed up';
});
arrives('readonly properties stay readonly', fn () => new Child, function ($o) {
    try {
        $o->setReadonly();
        return 'written';
    } catch (Error $e) {
        return $e->getMessage() === 'Cannot modify readonly property Child::$readonly' ? null : $e->getMessage();
    }
});
arrives('and can be initialised if they were not', fn () => new Child, fn ($o) => $o->setNever() === 'now' ? null : 'cannot be set');
arrives('unset properties call __get', function () {
    $o = new Child;
    unset($o->public, $o->next);
    return $o;
}, fn ($o) => $o->public === 'got public' ? null : 'not asked');
arrives('uninitialised ones do not', fn () => new Child, function ($o) {
    try {
        return $o->uninitialised;
    } catch (Error) {
        return null;
    }
});
arrives('stdClass', fn () => (object) ['a' => 1, '7' => 'numeric', '' => 'empty', 'o' => (object) []]);

#[AllowDynamicProperties]
class Dynamic extends Base
{
    public $declared = 1;
}
arrives('dynamic properties beside declared ones', function () {
    $o = new Dynamic;
    $o->dynamic = 'd';
    $o->{'9'} = 'nine';
    unset($o->public);
    $o->later = $o;
    return $o;
}, function ($o) {
    $o->more = 1;
    $o->public = 'back';
    return count((array) $o) === 8 && $o->later === $o ? null : print_r((array) $o, true);
});
arrives('identity and cycles', function () {
    $a = new Child;
    $b = new Child;
    $a->next = $b;
    $b->next = $a;
    return [$a, $b, 'again' => $a, 'in' => [[$b]]];
}, fn ($x) => $x[0]->next->next === $x[0] && $x['in'][0][0] === $x[1] ? null : 'identity lost');
arrives('objects without properties', fn () => [new EmptyOne, new EmptyOne]);
class EmptyOne {}
arrives('many classes', fn () => array_map(fn ($i) => eval("return new class { public \$p$i = $i; };"), range(1, 40)));
arrives('magic and defaults that are computed', fn () => [new Computed, new Computed]);
class Computed
{
    const A = 'a';
    public $list = [self::A, PHP_VERSION_ID => 2];
    public $sum = 1 + 2;
    public Suit $suit = Suit::Hearts;
}
--EXPECT--
constructor
inheritance with private properties of one name: arrives
constructor
readonly properties stay readonly: arrives
constructor
and can be initialised if they were not: arrives
constructor
unset properties call __get: arrives
constructor
uninitialised ones do not: arrives
stdClass: arrives
dynamic properties beside declared ones: arrives
constructor
constructor
identity and cycles: arrives
objects without properties: arrives
many classes: arrives
magic and defaults that are computed: arrives
