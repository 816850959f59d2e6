--TEST--
An application's class loader works in threads, pool workers and actors with its own state
--FILE--
<?php
use Async\ThreadPool;
use function Async\{spawn_thread, await};
echo "start-up code\n";
require_once __DIR__ . '/autoload/loader.inc';
$loader = new Vendor\ClassLoader('/vendor');
$loader->add('App\\', __DIR__ . '/autoload/src');
$loader->register();

$task = function () {
    $before = class_exists(App\Greeter::class, false);
    $said = (new App\Greeter('thread'))->say();
    require_once __DIR__ . '/autoload/loader.inc';
    $loader = spl_autoload_functions()[0][0];
    return [$before, $said, $loader === Vendor\ClassLoader::registered()['/vendor'], count(spl_autoload_functions()), class_exists('App\Nothing'),
        array_map(basename(...), get_included_files())];
};
echo json_encode(spawn_thread($task)->join()), "\n";
var_dump(class_exists('App\Greeter', false));
$pool = new ThreadPool(2);
echo json_encode($pool->enqueue($task)), "\n";
echo json_encode((new App\Room)->say('actor')), "\n";
$threads = [];
for ($i = 0; $i < 8; $i++) {
    $threads[] = spawn_thread(fn () => spawn_thread(fn () => (new App\Greeter((string) $i))->say())->join());
}
echo implode(' ', array_map(fn ($t) => $t->join()[7], $threads)), "\n";
// What comes back is loaded here by the same rules.
$greeter = $pool->enqueue(fn () => new App\Greeter('main'));
echo get_class($greeter), ' ', $greeter->say(), "\n";
try {
    $pool->enqueue(fn () => throw new App\Failure('failed'));
} catch (App\Failure $e) {
    echo get_class($e), ' ', $e->getMessage(), ' ', $e->helper->value, "\n";
}
echo json_encode(spawn_thread(fn () => unserialize('O:11:"App\Greeter":0:{}')::class)->join()), "\n";
try {
    spawn_thread(fn () => new App\Nothing)->join();
} catch (Async\RemoteException $e) {
    echo $e->getRemoteClass(), ': ', $e->getMessage(), "\n";
}
--EXPECT--
start-up code
[false,"hello! thread helped",true,1,false,["autoloaders_of_an_application.php","loader.inc","Greeter.inc","Base.inc","Speaks.inc","Helper.inc"]]
bool(false)
[false,"hello! thread helped",true,1,false,["autoloaders_of_an_application.php","loader.inc","Greeter.inc","Base.inc","Speaks.inc","Helper.inc"]]
["hello! actor helped"]
0 1 2 3 4 5 6 7
App\Greeter hello! main helped
App\Failure failed helped
"App\\Greeter"
Error: Class "App\Nothing" not found
