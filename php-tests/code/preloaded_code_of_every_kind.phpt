--TEST--
Preloaded enums, traits, defaults with `new`, conditional and anonymous classes, and children that the script declares
--EXTENSIONS--
async_threads
--SKIPIF--
<?php if (!function_exists('opcache_get_status') || !opcache_get_status(false)) die('skip for opcache');
--FILE--
<?php
$dir = sys_get_temp_dir() . '/async_threads_preload_' . getmypid();
mkdir($dir);
file_put_contents("$dir/preload.php", <<<'PHP'
<?php
namespace Pre;
interface HasC { const C = 'c'; const D = self::C . 'd'; public static function make(): static; }
trait Statics { public static array $bag = [1]; private static ?self $one = null; abstract protected function must(int $x): string; public static function one(): static { return self::$one ??= new static; } public function aliased() { static $n = 0; return ++$n . __METHOD__ . __CLASS__; } }
trait Nested { use Statics { aliased as private hidden; one as public; } public function callsHidden() { return $this->hidden(); } }
class A { use Nested; protected function must(int $x): string { return "a$x"; } public function m() { return $this->must(3); } public static function s(string $s = self::class) { return $s; } }
class B extends A { protected function must(int $x): string { return 'b' . parent::must($x); } }
enum E: int implements HasC { case One = 1; case Two = self::One->value << 1; const DEF = self::Two; const MAP = [self::One->name => self::Two]; public static function make(): static { return self::DEF; } }
final readonly class RO { public function __construct(public array $x = [E::DEF, 'k' => [E::One]], public E $e = E::DEF) {} }
class Init { public static $list = [E::DEF]; public function __construct(private RO $r = new RO([1, E::One], e: E::One), public \ArrayObject $o = new \ArrayObject([E::Two])) {} public function r() { return $this->r; } }
#[\Attribute] class Mark { public function __construct(public RO $r = new RO) {} }
/** Of the function. */
#[Mark(new RO([E::One]))] function marked(#[Mark] Init $p = new Init, E ...$more) { static $n = 3; return ++$n; }
const LISTED = [1];
if (\PHP_VERSION_ID) { function conditional() { return [E::DEF->name, __FUNCTION__]; } class Conditional extends A { const Z = E::MAP; } }
function declares() { class Declared extends A { function who() { return parent::class; } } return new Declared; }
function anonymous() { return new class extends B { public $e = E::DEF; }; }
PHP);
copy(__DIR__ . '/same.inc', "$dir/same.inc");
file_put_contents("$dir/script.php", <<<'PHP'
<?php
namespace Pre;
require __DIR__ . '/same.inc';
class Kid extends Init { const K = E::MAP; public E $e = E::DEF; }
enum KidE: string implements HasC { case A = self::C . 'x'; public static function make(): static { return self::A; } }
$all = ['HasC', 'Statics', 'Nested', 'A', 'B', 'E', 'RO', 'Init', 'Mark', 'Kid', 'KidE'];
foreach (['before', 'after'] as $when) {
    same("reflection $when", fn () => [array_map(fn ($c) => (string) new \ReflectionClass("Pre\\$c"), $all), (string) new \ReflectionFunction('Pre\marked')]);
    same("use $when", fn () => [A::$bag, A::one() === A::one(), (new B)->m(), B::s(), E::make(), E::D, E::MAP, E::from(2), (new Init)->r(), Init::$list, new Kid, Kid::K, KidE::make(), anonymous()->e, get_parent_class(anonymous()), class_exists('Pre\Conditional') ? Conditional::Z : 0]);
}
same('attributes', fn () => [(new \ReflectionFunction('Pre\marked'))->getAttributes()[0]->newInstance(), (new \ReflectionParameter('Pre\marked', 0))->getDefaultValue()]);
same('declared there', fn () => class_exists('Pre\Declared', false) ? 0 : declares()->who());
same('conditional', fn () => function_exists('Pre\conditional') ? conditional() : 0);
same('constants', fn () => defined('Pre\LISTED'));
echo json_encode(\Async\spawn_thread(fn () => [new Kid, KidE::make(), A::s(), marked(), (new A)->callsHidden()], inherit: false)->join()), "\n";
$pool = new \Async\ThreadPool(1);
echo json_encode($pool->enqueue(fn () => [new Kid, KidE::make(), A::s(), marked(), (new A)->callsHidden()])), json_encode($pool->enqueue(fn () => marked())), "\n";
PHP);
$php = getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS');
echo shell_exec("$php -d opcache.preload=$dir/preload.php -d opcache.preload_user=root $dir/script.php 2>&1");
array_map('unlink', glob("$dir/*"));
rmdir($dir);
--EXPECT--
reflection before: same
use before: same
reflection after: same
use after: same
attributes: same
declared there: same
conditional: same
constants: same
[{"o":{"0":2},"e":2},"cx","Pre\\A",4,"1Pre\\Statics::aliasedPre\\A"]
[{"o":{"0":2},"e":2},"cx","Pre\\A",4,"1Pre\\Statics::aliasedPre\\A"]5
