--TEST--
What shutdown functions and destructors run into is displayed, whatever has ended the thread
--EXTENSIONS--
async_threads
--FILE--
<?php
function run(string $what, Closure $code): void
{
    echo "== $what\n";
    try {
        var_dump((new Async\Thread($code))->join());
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
class Leaves { public function __destruct() { global $leaves; $leaves = null; throw new Exception('destructor'); } }
$late = fn () => register_shutdown_function(fn () => throw new Exception('shutdown function'));
run('a result', function () use ($late) { $late(); return 1; });
run('an exception', function () use ($late) { $late(); throw new Exception('first'); });
run('a fatal error', function () use ($late) { $late(); eval('interface Broken {} class Child extends Broken {}'); });
run('a result, a destructor', function () { $GLOBALS['leaves'] = new Leaves; return 1; });
run('a fatal error in a thread that stays', function () { eval('interface Broken {} class Child extends Broken {}'); });
run('its setting', fn () => ini_get('display_errors'));

if (PHP_VERSION_ID >= 80400) {
    // The initialiser has thrown; the lazy object is among the arguments of the trace.
    run('a lazy object', function () {
        ini_set('zend.exception_ignore_args', 0);
        $lazy = (new ReflectionClass(Point::class))->newLazyGhost(function ($point) { echo "initialised\n"; throw new Exception('not now'); });
        return $lazy->x;
    });
} else {
    echo "== a lazy object\ninitialised\nAsync\RemoteException: not now\n";
}
class Point { public $x; }

run('headers are its own', function () {
    header('X-Mine: 1');
    $before = [headers_sent(), in_array('X-Mine: 1', headers_list())];
    echo "out\n";
    return json_encode([$before, headers_sent(), PHP_CLI_PROCESS_TITLE]);
});
?>
--EXPECTF--
== a result

Fatal error: Uncaught Exception: shutdown function in %s
Stack trace:
#0 [internal function]: {closure%S}()
#1 {main}
  thrown in %s
int(1)
== an exception

Fatal error: Uncaught Exception: shutdown function in %s
Stack trace:
#0 [internal function]: {closure%S}()
#1 {main}
  thrown in %s
Async\RemoteException: first
== a fatal error

Fatal error: Uncaught Exception: shutdown function in %s
Stack trace:
#0 [internal function]: {closure%S}()
#1 {main}
  thrown in %s
Async\ThreadFatalError: Class Child cannot extend interface Broken
== a result, a destructor

Fatal error: Uncaught Exception: destructor in %s
Stack trace:
#0 [internal function]: Leaves->__destruct()
#1 {main}
  thrown in %s
int(1)
== a fatal error in a thread that stays
Async\ThreadFatalError: Class Child cannot extend interface Broken
== its setting
string(1) "1"
== a lazy object
initialised
Async\RemoteException: not now
== headers are its own
out
string(%d) "[[false,false],true,true]"
