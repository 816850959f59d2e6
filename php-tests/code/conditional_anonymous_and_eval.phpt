--TEST--
Classes and functions that are declared by running code: conditional, anonymous, eval, inside functions and closures
--FILE--
<?php
require __DIR__ . '/same.inc';

class Root { public $r = 'root'; }
if (PHP_VERSION_ID > 1) {
    class Taken extends Root { const A = 'taken'; public function f() { return new class extends Taken { public $in = self::A; }; } }
} else {
    class NeverSeen {}
}
function declares() { class FromFunction extends Taken implements JsonSerializable { public function jsonSerialize(): mixed { return 'json ' . self::A; } } return new FromFunction; }
function lends() { return new class(4) extends Root implements Countable { public function __construct(public int $n) {} public function count(): int { return $this->n; } }; }
eval('namespace Evald; class E extends \Taken { static $n = [1]; function me() { return __METHOD__ . static::A; } } function f(int $x = E::A . "!" ? 3 : 4) { return $x . __FUNCTION__; } const C = [E::A];');

$used = lends();
same('conditional', fn () => [Taken::A, (new Taken)->f()->in, class_exists("NeverSeen")]);
same('anonymous', fn () => [count(lends()), lends()->r, get_parent_class(lends()), str_contains(get_class(lends()), "\0")]);
same('the same anonymous class', fn () => get_class(lends()) === get_class($used));
same('an anonymous class never used before', fn () => (new class { public $p = 1; public function x() { return static fn () => self::class; } })->p);
same('eval', fn () => [(new Evald\E)->me(), Evald\f(), Evald\C, Evald\E::$n]);
same('declared by the thread', fn () => class_exists('FromFunction', false) ? 'there' : json_encode(declares()));
echo json_encode((new Async\Thread(function () { eval('class FromEval extends Evald\E {}'); return (new FromEval)->me(); }))->join()), "\n";
$declares = function () {
    if (!function_exists('made')) {
        function made() { static $n = 0; return 'made ' . ++$n; }
        class Made extends Taken { public function go() { return fn () => parent::class . static::class; } }
        interface MadeToo {} trait MadeTrait { public $t = 1; } enum MadeEnum { case One; }
    }
    return [made(), (new Made)->go()(), MadeEnum::One->name, (new class implements MadeToo { use MadeTrait; })->t];
};
echo json_encode((new Async\Thread($declares))->join()), "\n";
echo json_encode($declares()), "\n";
echo json_encode((new Async\Thread($declares))->join()), "\n";
class_alias('Taken', 'Alias\Taken2'); if (PHP_VERSION_ID >= 80300) class_alias('ArrayObject', 'AO'); else { class AO extends ArrayObject {} }
same('aliases', fn () => [(new Alias\Taken2)->r, count(new AO([1])), (new ReflectionClass('alias\taken2'))->getName()]);
--EXPECT--
conditional: same
anonymous: same
the same anonymous class: same
an anonymous class never used before: same
eval: same
declared by the thread: same
"Evald\\E::metaken"
["made 1","TakenMade","One",1]
["made 1","TakenMade","One",1]
["made 1","TakenMade","One",1]
aliases: same
