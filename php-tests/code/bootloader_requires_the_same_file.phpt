--TEST--
A bootloader, or a task that inherits nothing, may include the files its creator has included
--FILE--
<?php
use Async\ThreadPool;
use function Async\spawn_thread;
class FromElsewhere { function name() { return static::class; } }
require __DIR__ . '/lib.inc';
$lib = __DIR__ . '/lib.inc';
class Scope {
    function __construct(private string $lib) {}
    function boot(): Closure { return function () { require_once $this->lib; return self::class; }; }
}
$boot = function () use ($lib) {
    $GLOBALS['before'] = [of_lib(), conditional()];
    require_once $lib;
    $GLOBALS['after'] = [of_lib(), conditional(), InLib::X, (new OverLib)->name(), (new Conditional)->parent()];
};
$task = fn () => [$GLOBALS['before'] ?? null, $GLOBALS['after'] ?? null, of_lib(), (new OverLib)->name(), get_included_files() === array_unique(get_included_files())];
function show(Closure $f) { try { echo json_encode($f()), "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } }
show(fn () => spawn_thread($task, bootloader: $boot)->join());
show(fn () => spawn_thread($task, inherit: false, bootloader: $boot)->join());
show(fn () => (new ThreadPool(1, bootloader: $boot))->submit($task)->await());
show(fn () => spawn_thread(function () use ($lib) { require $lib; return [of_lib(), conditional(), InLib::X, (new OverLib)->name()]; }, inherit: false)->join());
show(fn () => spawn_thread($task, bootloader: (new Scope($lib))->boot())->join());
// What was inherited is declared, as anywhere else in PHP.
show(fn () => spawn_thread(function () use ($lib) { require $lib; })->join());
// A bootloader's function of the same name, after the creator's was called.
show(fn () => spawn_thread(fn () => of_lib(), bootloader: function () {
    $first = of_lib();
    eval('function of_lib() { return "of the bootloader"; }');
    $GLOBALS['first'] = $first . ', ' . call_user_func('of_lib');
})->join());
--EXPECTF--
[["of lib","conditional"],["of lib","conditional","in lib","OverLib","InLib"],"of lib","OverLib",true]
[["of lib","conditional"],["of lib","conditional","in lib","OverLib","InLib"],"of lib","OverLib",true]
[["of lib","conditional"],["of lib","conditional","in lib","OverLib","InLib"],"of lib","OverLib",true]
["of lib","conditional","in lib","OverLib"]
[null,null,"of lib","OverLib",true]
Async\ThreadFatalError: Cannot redeclare %Sof_lib() (previously declared in %slib.inc:2)
"of the bootloader"
