--TEST--
Enums: pure and backed, methods, constants, interfaces, traits; evaluated by the creator or not
--FILE--
<?php
require __DIR__ . '/same.inc';

interface Colored { public function color(): string; }
trait Shouts { public function shout(): string { return strtoupper($this->name) . '!'; } }
enum Suit: string implements Colored
{
    use Shouts;
    case Hearts = 'H';
    case Spades = 'S' . self::SUFFIX;
    const SUFFIX = 'p';
    const Wild = self::Spades;
    const ALL = [self::Hearts, 'k' => [self::Wild]];
    public function color(): string { return match ($this) { self::Hearts => 'red', self::Spades => 'black' }; }
    public static function best(): self { static $best = self::Hearts; return $best; }
}
enum Level: int { case Low = 1; case High = self::Low->value + 1; }
enum Pure { case A; case B; const FIRST = self::A; }
enum Lonely {}
enum LonelyBacked: int {}
class Card
{
    const DEFAULT = Suit::Spades;
    public Suit $suit = Suit::Hearts;
    public array $more = [Suit::Wild, 'n' => ['x' => Level::High, 3 => Pure::A]];
    public static ?Pure $pure = Pure::B;
    public function __construct(public readonly Level $level = Level::High) {}
    public function is(Suit $s = self::DEFAULT): bool { return $this->suit === $s; }
}
class Derived extends Card { public static array $list = [self::DEFAULT]; }

// First of all: without opcache, a class shows its defaults evaluated once it has been used.
same('reflection', fn () => array_map(fn ($c) => (string) new ReflectionClass($c), ['Suit', 'Level', 'Pure', 'Lonely', 'Card', 'Derived']));
$probe = fn () => [
    Suit::from('H'), Suit::tryFrom('x'), Suit::cases(), Suit::ALL, Suit::best()->shout(), Suit::Spades->color(), Suit::Spades->value,
    Level::from(2), Level::High->value, Pure::FIRST->name, Pure::cases(), Lonely::cases(), LonelyBacked::tryFrom(1),
    (new Card)->is(), (new Card)->more, Card::$pure, (new Derived)->level, Derived::$list, Card::DEFAULT === Suit::Wild,
    Suit::Hearts instanceof UnitEnum, Suit::Hearts instanceof BackedEnum, constant('Suit::Hearts'), (new ReflectionEnum('Level'))->getCase('High')->getBackingValue(),
];
same('not evaluated before', $probe);
same('evaluated before', $probe);
same('wrong value', fn () => Suit::from('none'));
same('no clone', fn () => clone Pure::A);
define('CHOSEN', Suit::Hearts);
const LISTED = [Pure::B];
same('global constants', fn () => [CHOSEN, CHOSEN === Suit::Hearts]);
enum LaterEnum: string { case X = 'x'; case Y = 'y'; }
LaterEnum::from('x');
var_dump((new Async\Thread(fn () => [LaterEnum::from('y'), LaterEnum::X->name]))->join()[0] === LaterEnum::Y);
--EXPECT--
reflection: same
not evaluated before: same
evaluated before: same
wrong value: same
no clone: same
global constants: same
bool(true)
