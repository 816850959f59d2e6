--TEST--
Constants, defaults and static variables with expressions: before and after the creator has evaluated them
--FILE--
<?php
require __DIR__ . '/same.inc';
const BASE = 2;
define('LATE', BASE * 21);
enum Unit: string { case M = 'm'; case Km = 'k' . self::M->value; const Default = self::M; }
class Settings { public function __construct(public int $n = LATE, public ?Unit $unit = Unit::Default) {} }
interface HasLimits { const LIMITS = [self::MIN, 'max' => self::MIN << 4, Unit::Km]; const MIN = BASE ** 3; }
class Counter implements HasLimits
{
    const NAMED = self::class . '/' . self::LIMITS['max'];
    const UNITS = ['list' => [Unit::M, Unit::Km->value], self::MIN => LATE];
    const SHORT = self::MIN > 5 ? 'big' : 'small', NULLED = null ?? self::NAMED, NEGATED = !self::MIN . -self::MIN;
    public array $list = self::UNITS + ['more' => self::LIMITS];
    public ?Unit $unit = Unit::Default;
    public static int $made = self::MIN + LATE;
    public static array $seen = [self::NAMED];
    public function __construct(public readonly Settings $settings = new Settings(BASE, unit: Unit::Km)) { self::$made++; self::$seen[] = 'made'; }
    public function call(Settings $s = new Settings, int $n = self::MIN | 1, string ...$rest): array { static $calls = self::MIN * 2, $log = [self::NAMED]; $log[] = ++$calls; return [$s, $n, $log]; }
}
class Child extends Counter { const NAMED = 'child of ' . parent::NAMED; public static array $seen = [parent::NAMED, self::NAMED]; public array $list = parent::UNITS; }
abstract class Unused { const X = LATE . self::Y, Y = Unit::Km; public $x = self::X; }
function defaults(Settings $s = new Settings(LATE), $u = Unit::Km, $l = [BASE => [LATE]]) { static $made = [BASE, Unit::M]; $made[] = count($made); return [$s, $u, $l, $made]; }
$shown = fn () => [
    Counter::NAMED, Counter::UNITS, Counter::SHORT, Counter::NULLED, Counter::NEGATED, Child::NAMED, HasLimits::LIMITS, Counter::LIMITS[0],
    (new Counter)->list, (new Child)->list, (new Counter)->unit, (new Counter)->settings, Unit::Km->value, Unit::Default,
    (new ReflectionMethod('Counter', 'call'))->getParameters()[0]->getDefaultValue(), (string) (new ReflectionMethod('Counter', 'call'))->getParameters()[1],
];
$fresh = fn () => [Counter::$made, Counter::$seen, Child::$seen, (new Counter)->call(), (new Counter)->call(n: 3)[2], defaults(), defaults()[3]];
echo json_encode($there = (new Async\Thread($fresh))->join()), "\n";
same('before', fn () => constant('Child::NAMED'));
same('all of it', $shown);
same('once more', $shown);
echo json_encode((new Async\Thread($fresh))->join()) === json_encode($there) ? 'fresh' : 'different', "\n";
same('never used here', fn () => class_exists('Unused') ? (new class { function f() { try { return Unused::X; } catch (Error $e) { return $e->getMessage(); } } })->f() : 0);
try { (new Async\Thread(fn () => Missing::NAME . NOWHERE))->join(); } catch (Async\RemoteException $e) { echo $e->getMessage(), "\n"; }
class Broken { const A = self::B; const B = self::A; const C = NOWHERE; public $p = Nope::X; }
same('circular', fn () => Broken::A);
same('missing', fn () => Broken::C);
same('missing class', fn () => new Broken);
--EXPECT--
[50,["Counter\/128"],["Counter\/128","child of Counter\/128"],[{"n":42,"unit":"m"},9,["Counter\/128",17]],["Counter\/128",17,18],[{"n":42,"unit":"m"},"km",{"2":[42]},[2,"m",2]],[2,"m",2,3]]
before: same
all of it: same
once more: same
fresh
never used here: same
Class "Missing" not found
circular: same
missing: same
missing class: same
