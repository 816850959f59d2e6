--TEST--
Reflection does not run a property's hook on a handle, where there is no state
--EXTENSIONS--
async_threads
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip property hooks are new in PHP 8.4'); ?>
--FILE--
<?php
class A extends Async\Actor {
    public string $h { get => 'ran in ' . (isset($GLOBALS['main']) ? 'main' : 'the actor'); set => strtolower($value); }
    public function inside() { return self::getter()->invoke($this) . ', ' . self::getter()->invokeArgs($this, []); }
    public static function getter() { return (new ReflectionProperty(self::class, 'h'))->getHook(PropertyHookType::Get); }
}
class B extends A {}
class Plain { public string $h { get => 'plain'; } }
$main = true;
$set = (new ReflectionProperty('A', 'h'))->getHook(PropertyHookType::Set);
foreach ([new A, new B] as $a) {
    foreach ([fn() => A::getter()->invoke($a), fn() => A::getter()->invokeArgs($a, []), fn() => A::getter()->getClosure($a), fn() => $set->invoke($a, 'X')] as $f) {
        try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
    }
    echo $a->inside(), "\n";
}
echo (new ReflectionProperty('Plain', 'h'))->getHook(PropertyHookType::Get)->invoke(new Plain), "\n";
try { (new ReflectionProperty('Plain', 'h'))->getHook(PropertyHookType::Get)->invoke($a); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
?>
--EXPECT--
Error: Cannot call A::$h::get() on an actor: its properties are private to it; call a method instead
Error: Cannot call A::$h::get() on an actor: its properties are private to it; call a method instead
Error: Cannot call A::$h::get() on an actor: its properties are private to it; call a method instead
Error: Cannot call A::$h::set() on an actor: its properties are private to it; call a method instead
ran in the actor, ran in the actor
Error: Cannot call A::$h::get() on an actor: its properties are private to it; call a method instead
Error: Cannot call A::$h::get() on an actor: its properties are private to it; call a method instead
Error: Cannot call A::$h::get() on an actor: its properties are private to it; call a method instead
Error: Cannot call A::$h::set() on an actor: its properties are private to it; call a method instead
ran in the actor, ran in the actor
plain
ReflectionException: Given object is not an instance of the class this method was declared in
