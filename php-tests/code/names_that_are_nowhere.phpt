--TEST--
A name that is nowhere: in a thread the same catchable error as in plain PHP, for every kind of use
--EXTENSIONS--
async_threads
--FILE--
<?php
namespace Some\Where;
require __DIR__ . '/same.inc';
class There { const A = self::NOT_HERE; public $p = Nope::X; public static $s = NOWHERE; function m($x = NOWHERE, ?Nope $n = new Nope) {} }
interface Face {}
foreach ([
    'function' => fn () => nowhere(),
    'qualified function' => fn () => \Foo\Bar\nowhere(),
    'function by a string' => fn () => ('no' . 'where')(),
    'first-class callable' => fn () => nowhere(...),
    'callable' => fn () => array_map('nowhere', [1]),
    'static callable' => fn () => call_user_func('Nope::m'),
    'constant' => fn () => NOWHERE,
    'qualified constant' => fn () => \Foo\Bar\NOWHERE,
    'constant()' => fn () => constant('NOWHERE'),
    'new' => fn () => new Nope,
    'new by a string' => fn () => new ('No' . 'pe'),
    'static method' => fn () => Nope::m(),
    'class constant' => fn () => Nope::X,
    'static property' => fn () => Nope::$x,
    'instanceof' => fn () => new There instanceof Nope,
    'catch' => function () { try { throw new \Exception('x'); } catch (Nope) { return 1; } catch (\Exception) { return 2; } },
    'parameter type' => fn () => (fn (Nope $x) => 1)(1),
    'return type' => fn () => (fn (): Nope => 1)(),
    'parent' => fn () => new class extends Nope {},
    'interface' => fn () => new class implements Nope {},
    'attribute' => fn () => (new \ReflectionFunction(#[Nope] fn () => 1))->getAttributes()[0]->newInstance(),
    'default of a closure' => fn () => (fn ($x = NOWHERE) => 1)(),
    'new in a default' => fn () => (fn ($x = new Nope) => 1)(),
    'constant of a class that is there' => fn () => There::NOPE,
    'expression of a constant' => fn () => There::A,
    'static property of a class that is there' => fn () => There::$nope,
    'static method of a class that is there' => fn () => There::nope(),
    'method' => fn () => (new \ReflectionClass(There::class))->newInstanceWithoutConstructor()->nope(),
    'default of a property' => fn () => new There,
    'default of a static property' => fn () => There::$s,
    'default of a method' => fn () => (new \ReflectionMethod(There::class, 'm'))->getParameters()[0]->getDefaultValue(),
    'new in a default of a method' => fn () => (new \ReflectionMethod(There::class, 'm'))->getParameters()[1]->getDefaultValue(),
    'instance of an interface' => fn () => new Face,
    'unserialize' => fn () => get_class(unserialize('O:4:"Nope":0:{}')),
    'asking' => fn () => [function_exists('nowhere'), class_exists('Nope'), defined('NOWHERE'), is_callable('nowhere'), enum_exists('Nope'), interface_exists('Nope'), trait_exists('Nope')],
] as $what => $probe) {
    same($what, $probe);
}
try {
    (new \Async\Thread(fn () => nowhere()))->join();
} catch (\Async\RemoteException $e) {
    echo $e->getRemoteClass(), ': ', $e->getMessage(), "\n";
}
--EXPECT--
function: same
qualified function: same
function by a string: same
first-class callable: same
callable: same
static callable: same
constant: same
qualified constant: same
constant(): same
new: same
new by a string: same
static method: same
class constant: same
static property: same
instanceof: same
catch: same
parameter type: same
return type: same
parent: same
interface: same
attribute: same
default of a closure: same
new in a default: same
constant of a class that is there: same
expression of a constant: same
static property of a class that is there: same
static method of a class that is there: same
method: same
default of a property: same
default of a static property: same
default of a method: same
new in a default of a method: same
instance of an interface: same
unserialize: same
asking: same
Error: Call to undefined function Some\Where\nowhere()
