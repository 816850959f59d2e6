--TEST--
Autoloaders of every kind travel; none with inherit: false; what cannot cross stays behind
--FILE--
<?php
use Async\ThreadPool;
use function Async\spawn_thread;
function declare_it(string $class, string $by): void { eval("class $class { const BY = '$by'; }"); }
function by_function(string $class) { if ($class === 'F') declare_it($class, 'function'); }
class Statics {
    public static array $map = [];
    static function load(string $class) { if (isset(self::$map[$class])) declare_it($class, self::$map[$class]); }
    function __invoke(string $class) { if ($class === 'I') declare_it($class, 'invokable'); }
    private function hidden(string $class) { if ($class === 'H') declare_it($class, 'private method'); }
    function register() { spl_autoload_register($this->hidden(...)); }
    function __call(string $name, array $args) { if ($args[0] === 'M') declare_it('M', "magic $name"); }
}
class Counts { public int $n = 0; function load(string $class) { $this->n++; if ($class === 'N') declare_it('N', "call $this->n"); } }
Statics::$map['S'] = 'static method';
$map = ['C' => 'closure'];
$counts = new Counts;
spl_autoload_register(function ($class) use ($map) { if (isset($map[$class])) declare_it($class, $map[$class]); });
spl_autoload_register('by_function');
spl_autoload_register('Statics::load');
spl_autoload_register(new Statics);
spl_autoload_register([new Statics, 'anything']);
(new Statics)->register();
spl_autoload_register([$counts, 'load']);
class_exists('Nope');

$all = function () {
    $by = [];
    foreach (['C', 'F', 'S', 'I', 'M', 'H', 'N'] as $class) {
        $by[] = class_exists($class) ? $class::BY : '-';
    }
    return implode(', ', $by) . '; ' . count(spl_autoload_functions());
};
echo spawn_thread($all)->join(), "\n";
echo spawn_thread($all, inherit: false)->join(), "\n";
// A loader that holds what cannot cross.
$generator = (function () { yield; })();
spl_autoload_register(function ($class) use ($generator) { throw new Exception; }, prepend: true);
echo spawn_thread($all)->join(), "\n";
spl_autoload_unregister(spl_autoload_functions()[0]);

// Registered, changed and taken away after the pool was made.
$pool = new ThreadPool(1);
$of = fn (string $class) => class_exists($class) ? $class::BY : '-';
echo $pool->enqueue($of, 'C'), ', ', $pool->enqueue($of, 'Later'), ', ';
spl_autoload_register($later = function ($class) { if ($class === 'Later') declare_it($class, 'later'); });
echo $pool->enqueue($of, 'Later'), ', ';
Statics::$map['Added'] = 'added';
$counts->n = 40;
echo $pool->enqueue(fn () => spl_autoload_functions()[6][0]->n), ', ';
spl_autoload_unregister($later);
echo $pool->enqueue(fn () => count(spl_autoload_functions())), "\n";

// A bootloader's come first, the thread's own last; each may be taken away.
echo json_encode(spawn_thread(function () {
    spl_autoload_register(function ($class) { if ($class === 'Third') declare_it($class, 'the thread'); });
    $names = [C::BY, Third::BY];
    spl_autoload_unregister('by_function');
    return [$names, class_exists('F')];
}, bootloader: function () {
    $GLOBALS['before'] = count(spl_autoload_functions());
    spl_autoload_register(function ($class) { if ($class === 'C') declare_it($class, 'the bootloader'); });
})->join()), "\n";
echo json_encode(spawn_thread(fn () => $GLOBALS['before'], bootloader: function () { $GLOBALS['before'] = count(spl_autoload_functions()); })->join()), "\n";
// An error in a loader is the task's.
spl_autoload_register(fn ($class) => throw new LogicException("no $class"));
try { spawn_thread(fn () => new Missing)->join(); } catch (Async\RemoteException $e) { echo $e->getMessage(), "\n"; }
var_dump(class_exists('C', false));
--EXPECT--
closure, function, static method, invokable, magic anything, private method, call 2; 7
-, -, -, -, -, -, -; 0
closure, function, static method, invokable, magic anything, private method, call 2; 7
closure, -, later, 40, 7
[["the bootloader","the thread"],false]
0
no Missing
bool(false)
