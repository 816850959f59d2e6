--TEST--
Hooks that call the parent's, hooks of traits, attributes and declarations in hooks, lazy objects, #[Deprecated]
--EXTENSIONS--
async_threads
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip for PHP 8.4');
--FILE--
<?php
namespace H;
require __DIR__ . '/same.inc';
interface I { public int $x { get; } public static function f(): void; }
trait T { public string $t { get => static::class . __PROPERTY__ . __METHOD__ . __FUNCTION__; set(string|int $v) { $this->log[] = [__PROPERTY__, __METHOD__, $v]; } } public array $log = []; protected private(set) ?string $pp = 'pp'; const TC = self::class . 'tc'; }
abstract class P implements I { public function __construct(public private(set) int $x = 3 { get { return $this->x + 1; } set => $value * 2; }, protected(set) readonly array $ro = [1]) {} public static function f(): void {} public int $plain = 1 { #[Mk('hook')] get => $this->plain; } 
 /** doc of virtual */ #[Mk('prop')] final protected string $fin = 'f' { get => $this->fin . '!'; } }
#[\Attribute(\Attribute::TARGET_ALL)] class Mk { public function __construct(public $v) {} }
class C extends P { use T; public array $backing = ['q']; protected array $abs { &get { return $this->backing; } } public int $plain = 5 { get { $g = fn ($x) => $x + 100; return $g(parent::$plain::get()); } set { parent::$plain::set($value + 1); } } public function add() { $this->abs[] = 'added'; return $this->backing; } public function fin() { return $this->fin; } }
final class D extends C { public int $plain = 7 { get => parent::$plain::get() * 2; set(int|string $value) { parent::$plain::set((int) $value); } } public function __get($n) { return "magic $n"; } }
class VirtualOnly { public int $v { get => 42; } private array $d = []; public array $arr { get => $this->d; set { foreach ($value as $k => $v) $this->d[$k] = yielder(...)($v); } } public \Generator $g { get { yield 1; yield 2; } } public $cl { get => fn () => $this->v . __PROPERTY__; } public $anon { get => new class { public $z { get => __CLASS__ !== ''; } }; } public $decl { get { if (!function_exists('H\inHook')) { function inHook() { return __FUNCTION__; } } return inHook(); } } }
function yielder($v) { return "y$v"; }
#[\Deprecated('old', since: '1')] function dep() { return 'dep'; }
class DepC { #[\Deprecated('c')] const X = 1; #[\Deprecated] public function m() { return 'm'; } }
enum DepE { #[\Deprecated] case A; case B; }
class Lz { public array $l = []; public function __construct(public int $a, public ?string $b { get => $this->b ?? 'none'; }) { $this->l[] = 'init'; } }
same('reflection', fn () => array_map(fn ($c) => (string) new \ReflectionClass("H\\$c"), ['I', 'T', 'P', 'Mk', 'C', 'D', 'VirtualOnly', 'DepC', 'DepE', 'Lz']));
same('parents', function () { $c = new C; $r = [$c->x, $c->x, $c->t, $c->plain]; $c->t = 'v'; $c->t = 5; $c->plain = 9; return [$r, $c->log, $c->plain, $c->add(), $c->fin(), $c->x]; });
same('parents of parents', function () { $d = new D(8); $d->plain = '11'; return [$d->plain, $d->nope, $d->x, json_encode($d), (array) $d, get_object_vars($d), D::TC]; });
same('virtual', function () { $v = new VirtualOnly; $v->arr = ['a' => 1]; return [$v->v, $v->arr, iterator_to_array($v->g, false), ($v->cl)(), $v->anon->z, $v->decl, $v->decl]; });
same('readonly', function () { $c = new C; $c->ro[] = 1; });
same('set elsewhere', function () { $c = new C; $c->x = 5; });
same('no set', function () { $v = new VirtualOnly; $v->v = 5; });
same('hooks reflected', fn () => [(new \ReflectionProperty(C::class, 'plain'))->getHook(\PropertyHookType::Get)->invoke(new C), (string) (new \ReflectionProperty(C::class, 'plain'))->getSettableType(),
    (string) (new \ReflectionProperty(D::class, 'plain'))->getHook(\PropertyHookType::Set)->getParameters()[0]->getType(), (new \ReflectionProperty(P::class, 'plain'))->getHooks()['get']->getAttributes()[0]->newInstance(),
    (new \ReflectionProperty(P::class, 'fin'))->getAttributes()[0]->newInstance(), (new \ReflectionProperty(P::class, 'fin'))->getDocComment()]);
same('deprecated', function () { $seen = []; set_error_handler(function ($n, $m) use (&$seen) { $seen[] = $m; return true; }); dep(); DepC::X; (new DepC)->m(); DepE::A; restore_error_handler(); return $seen; });
same('lazy', function () {
    $r = new \ReflectionClass(Lz::class);
    $ghost = $r->newLazyGhost(function (Lz $o) { $o->__construct(7, null); });
    $proxy = $r->newLazyProxy(fn () => new Lz(8, 'b'));
    return [$r->isUninitializedLazyObject($ghost), $ghost->b, $ghost->a, $proxy->l, $proxy->b];
});
$c = new C;
$c->plain = 20;
$c->t = 'x';
echo json_encode((new \Async\Thread(function () use ($c) { $c->plain = 30; return [$c->plain, $c->log, $c->add()]; }))->join()), "\n";
--EXPECT--
reflection: same
parents: same
parents of parents: same
virtual: same
readonly: same
set elsewhere: same
no set: same
hooks reflected: same
deprecated: same
lazy: same
[131,[["t","H\\T::$t::set","x"]],["q","added"]]
