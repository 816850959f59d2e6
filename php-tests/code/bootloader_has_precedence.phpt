--TEST--
What a bootloader declares wins, in the thread and in threads of it; what it leaves out is added; its failures are the thread's
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\{Thread, ThreadPool};
use function Async\spawn_thread;
function t(string $what, Closure $f) {
    try {
        $got = json_encode($f());
    } catch (Throwable $e) {
        $got = get_class($e) . ': ' . $e->getMessage();
    }
    echo $what, ': ', $got, "\n";
}
// Nothing optimizes code of eval().
eval('class V { const N = "creator"; static $s = "creator"; function who() { return "creator"; } } class VC extends V {} interface VI { const X = "creator"; } class VIU implements VI {} trait VT { function tt() { return "creator"; } } class VTU { use VT; }
enum VE { case A; } const VK = "creator"; function vf(&$x = null) { $x = "creator"; return $x; } function callsVf() { return vf(); } function usesV() { return [constant("V::N"), (new V)->who(), VK, VIU::X, (new VTU)->tt()]; }');
$boot = fn () => eval('class V { const N = "boot"; static $s = "boot"; function who() { return "boot"; } } const VK = "boot"; trait VT { function tt() { return "boot"; } } interface VI { const X = "boot"; }');
t('thread', fn () => spawn_thread(fn () => usesV(), bootloader: $boot)->join());
t('thread that inherits nothing', fn () => spawn_thread(fn () => usesV(), inherit: false, bootloader: $boot)->join());
t('pool', fn () => (new ThreadPool(1, bootloader: $boot))->enqueue('usesV'));
t('thread of the thread', fn () => spawn_thread(fn () => (new Thread(fn () => [V::N, VK, usesV()]))->join(), bootloader: $boot)->join());
t('thread of the pool', fn () => (new ThreadPool(1, bootloader: $boot))->enqueue(fn () => (new Thread(fn () => [V::$s, usesV()]))->join()));
t('the rest', fn () => spawn_thread(fn () => [VE::A->name, function_exists('vf'), class_exists('VC', false), defined('VK')], bootloader: $boot)->join());
t('a child of its own', fn () => spawn_thread(fn () => [(new VC)->who(), get_parent_class('VC')], bootloader: fn () => eval('class VC { function who() { return "boot"; } }'))->join());
t('an object comes back', fn () => spawn_thread(fn () => new V, bootloader: $boot)->join()->who());
t('code comes back', fn () => spawn_thread(fn () => fn () => [(new OnlyBoot)->a, onlyBoot(), ONLY_BOOT], bootloader: fn () => eval('class OnlyBoot { public $a = 1; } function onlyBoot() { return 2; } const ONLY_BOOT = 3;'))->join()());
t('before it', fn () => spawn_thread(fn () => $GLOBALS['before'], bootloader: function () { $GLOBALS['before'] = [function_exists('usesV'), class_exists('V', false), defined('VK'), count(get_included_files())]; })->join());
t('case that is missing', function () { $case = VE::A; return spawn_thread(fn () => $case, bootloader: fn () => eval('enum VE { case B; }'))->join(); });
t('function that differs', fn () => spawn_thread(fn () => callsVf(), bootloader: fn () => eval('function vf($x = null) { return "boot"; }'))->join());
t('constant', fn () => spawn_thread(fn () => VK, bootloader: fn () => define('VK', 'first'))->join());
t('throws', fn () => spawn_thread(fn () => 1, bootloader: fn () => throw new LogicException('thrown', 7))->join());
t('exits', fn () => spawn_thread(fn () => 1, bootloader: fn () => exit(3))->join());
t('after it failed', fn () => (new Thread(fn () => usesV()))->join());
t('included files', fn () => spawn_thread(fn () => [count(get_included_files()), require_once __DIR__ . '/same.inc', require_once __FILE__], bootloader: fn () => require_once __DIR__ . '/same.inc')->join());
--EXPECT--
thread: ["boot","boot","boot","creator","creator"]
thread that inherits nothing: ["boot","boot","boot","creator","creator"]
pool: ["boot","boot","boot","creator","creator"]
thread of the thread: ["boot","boot",["boot","boot","boot","creator","creator"]]
thread of the pool: ["boot",["boot","boot","boot","creator","creator"]]
the rest: ["A",true,true,true]
a child of its own: ["boot",false]
an object comes back: "creator"
code comes back: [1,2,3]
before it: [false,false,false,0]
case that is missing: Async\RemoteException: Cannot restore VE::A: there is no such case here
function that differs: Async\ThreadTransferException: function vf() in this thread differs from the one its creator's code was compiled against
constant: "first"
throws: Async\RemoteException: thrown
exits: Async\ThreadExitException: The thread called exit(3)
after it failed: ["creator","creator","creator","creator","creator"]
included files: [2,true,true]
