--TEST--
Attributes on everything that can have them, read and instantiated in a thread
--FILE--
<?php
namespace Marks;
require __DIR__ . '/same.inc';
use Attribute;

const PREFIX = 'p-';
enum Level: int { case Low = 1; case High = 2; }
final class Inner { public function __construct(public readonly array $list = [PREFIX . 'inner'], public ?Level $level = Level::Low) {} }
#[Attribute(Attribute::TARGET_ALL | Attribute::IS_REPEATABLE)]
class Mark { public function __construct(public mixed $value = null, public ?Inner $inner = new Inner, public array $more = []) {} }
interface IsMark {}
#[Attribute(Attribute::TARGET_METHOD)]
final class OnlyMethods extends Mark implements IsMark {}

#[Mark('class'), Mark(self::WORD . PREFIX, more: ['k' => [Level::High, 1.5, true, null]])]
#[\AllowDynamicProperties]
class Marked
{
    #[Mark(Level::Low)] const WORD = 'word';
    #[Mark(new Inner([1, 'x' => self::WORD], level: null))] public int $property = 1;
    #[Mark(self::class . self::WORD)] public static ?string $static = null;
    public function __construct(#[Mark('promoted'), \SensitiveParameter] private string $promoted = 'secret') {}
    #[OnlyMethods(__METHOD__ . __LINE__), Mark(__CLASS__)]
    public function method(#[Mark('parameter')] int $a = 1, #[Mark] ...$rest): array { return []; }
    #[Nowhere\Declared(1, named: 'two')] function unknown() {}
}
trait MarkedTrait { #[Mark(self::class)] public function fromTrait() {} }
class UsesTrait { use MarkedTrait; }
enum MarkedEnum { #[Mark('case')] case One; #[Mark(self::One)] const Other = self::One; }
#[Mark('function')] function marked(#[Mark(['of' => 'parameter'])] $x) { return #[Mark('closure')] fn (#[Mark('inner')] $y) => $x; }
#[OnlyMethods] class Wrong {}
$anonymous = fn () => new #[Mark('anonymous')] class { #[Mark('in it')] public $p; };

$all = function (\Reflector $of) {
    $shown = [];
    foreach ($of->getAttributes() as $attribute) {
        try {
            $shown[] = [$attribute->getName(), $attribute->getArguments(), $attribute->isRepeated(), $attribute->getTarget(), class_exists($attribute->getName()) ? $attribute->newInstance() : null];
        } catch (\Error $e) {
            $shown[] = $e->getMessage();
        }
    }
    return $shown;
};
same('class', fn () => $all(new \ReflectionClass(Marked::class)));
same('constant', fn () => $all(new \ReflectionClassConstant(Marked::class, 'WORD')));
same('properties', fn () => array_map(fn ($p) => $all(new \ReflectionProperty(Marked::class, $p)), ['property', 'static', 'promoted']));
same('method', fn () => $all(new \ReflectionMethod(Marked::class, 'method')));
same('parameters', fn () => array_map($all, (new \ReflectionMethod(Marked::class, 'method'))->getParameters()));
same('promoted', fn () => array_map($all, (new \ReflectionMethod(Marked::class, '__construct'))->getParameters()));
same('unknown', fn () => $all(new \ReflectionMethod(Marked::class, 'unknown')));
same('trait', fn () => [$all(new \ReflectionMethod(MarkedTrait::class, 'fromTrait')), $all(new \ReflectionMethod(UsesTrait::class, 'fromTrait'))]);
same('enum', fn () => [$all(new \ReflectionEnumUnitCase(MarkedEnum::class, 'One')), $all(new \ReflectionClassConstant(MarkedEnum::class, 'Other'))]);
same('function', fn () => [$all(new \ReflectionFunction('Marks\marked')), $all(new \ReflectionParameter('Marks\marked', 0))]);
same('closure', fn () => [$all(new \ReflectionFunction(marked(1))), $all(new \ReflectionParameter(marked(1), 0))]);
same('anonymous', fn () => [$all(new \ReflectionObject($anonymous())), $all(new \ReflectionProperty($anonymous(), 'p'))]);
same('wrong target', fn () => $all(new \ReflectionClass(Wrong::class)));
same('filtered', fn () => [count((new \ReflectionMethod(Marked::class, 'method'))->getAttributes(IsMark::class, \ReflectionAttribute::IS_INSTANCEOF)), count((new \ReflectionMethod(Marked::class, 'method'))->getAttributes(Mark::class))]);
same('sensitive', function () { try { (new class { function f(#[\SensitiveParameter] $s) { throw new \Exception; } })->f('x'); } catch (\Exception $e) { return get_class($e->getTrace()[0]['args'][0] ?? $e); } });
same('deprecated dynamic property', function () { $m = new Marked; $m->dynamic = 1; return $m->dynamic; });
--EXPECT--
class: same
constant: same
properties: same
method: same
parameters: same
promoted: same
unknown: same
trait: same
enum: same
function: same
closure: same
anonymous: same
wrong target: same
filtered: same
sensitive: same
deprecated dynamic property: same
