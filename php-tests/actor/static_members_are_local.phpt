--TEST--
Static methods, static properties and constants of an actor's class are those of the thread that asks, through handles and instances, in hot code
--EXTENSIONS--
async_threads
--FILE--
<?php
abstract class Base extends Async\Actor { const KIND = 'base'; public static array $seen = []; public static function note(string $x): int { static $calls = 0; static::$seen[] = $x; return ++$calls; } public static function kind(): string { return static::KIND; } }
final class A extends Base {
    const KIND = 'a', LIST = [self::KIND, Base::KIND];
    public function noteInside(A $other, int $times) { for ($i = 0; $i < $times; $i++) { $a = $i % 2 ? $this : $other; $a->note('x'); $a::note('y'); $kind = $a::KIND . $a->kind() . $a::kind() . static::kind() . parent::kind(); } return [count(self::$seen), $other::note('z'), $kind]; }
    public static function __callStatic($name, $args) { return "static $name"; }
}
$a = new A; $b = new A;
for ($i = 0; $i < 50; $i++) { $object = $i % 2 ? $a : $b; $object->note('m'); $object::note('m'); A::note('m'); }
echo json_encode([count(A::$seen), count(Base::$seen), A::note('m'), $a::KIND, $a::LIST, $b->kind(), call_user_func([$a, 'kind']), ($a->kind(...))(), [$a, 'kind'](), constant($a::class . '::KIND')]), "\n";
// Its worker had none of that.
echo json_encode((new A)->noteInside($b, 40)), "\n";
echo $a::magic(), ' ', A::magic(), "\n";
try { A::noteInside($a, 1); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
try { A::noteInsideAsync($a, 1); echo "local, as __callStatic is\n"; } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
--EXPECT--
[150,150,151,"a",["a","base"],"a","a","a","a","a"]
[80,81,"aaaaa"]
static magic static magic
Error: Non-static method A::noteInside() cannot be called statically
local, as __callStatic is
