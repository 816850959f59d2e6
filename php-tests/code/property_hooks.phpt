--TEST--
Property hooks, asymmetric visibility, final and abstract properties
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip for PHP 8.4');
--FILE--
<?php
require __DIR__ . '/same.inc';

interface HasFull { public string $full { get; } }
trait Cached { public int $hits { get { static $n = 0; return ++$n; } } }
abstract class Base { abstract public int $must { get; set; } public string $plain = 'p'; protected(set) int $set = 1; }
class User extends Base implements HasFull
{
    use Cached;
    public function __construct(private string $first, public private(set) string $last = 'L') {}
    public string $full { get => "$this->first $this->last"; set (string|array $v) { [$this->first, $this->last] = is_array($v) ? $v : explode(' ', $v); } }
    public int $must = 3 { get => $this->must * 2; set => $value + 1; }
    public array $list = ['x'] { &get { return $this->list; } }
    final public ?User $friend = null { set(?User $v) { $this->friend = $v ?? $this; } }
}
class Admin extends User { public string $plain { get => parent::$plain::get() . '!'; } public string $full { get => 'Admin ' . parent::$full::get(); } }

same('get and set', function () { $u = new User('A'); $r = [$u->full]; $u->full = ['X', 'Y']; $u->must = 10; $r[] = $u->full; $r[] = $u->must; $u->list[] = 'y'; $r[] = $u->list; $u->friend = null; $r[] = $u->friend === $u; return $r; });
same('inherited', function () { $a = new Admin('R'); $a->full = 'S T'; return [$a->full, $a->plain, $a->must]; });
same('static in a hook', function () { $u = new User('A'); return $u->hits + $u->hits; });
same('asymmetric', function () { $u = new User('A'); $u->last = 'no'; });
same('protected set', function () { $u = new User('A'); $u->set = 5; });
same('json', fn () => json_encode(new Admin('j')));
same('reflection', fn () => array_map(fn ($c) => (string) new ReflectionClass($c), ['User', 'Admin', 'Base', 'HasFull']));
same('hooks reflected', fn () => array_map(strval(...), (new ReflectionProperty('Admin', 'full'))->getHooks()));
same('foreach', function () { foreach (new Admin('f') as $k => $v) $r[$k] = $v; return $r; });
--EXPECT--
get and set: same
inherited: same
static in a hook: same
asymmetric: same
protected set: same
json: same
reflection: same
hooks reflected: same
foreach: same
