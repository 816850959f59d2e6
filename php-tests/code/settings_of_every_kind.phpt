--TEST--
Ini settings of every kind, constants of every kind, and what starts fresh: handlers, shutdown functions, globals
--EXTENSIONS--
async_threads
--INI--
date.timezone=UTC
zend.assertions=1
--FILE--
<?php
namespace App\Env;
require __DIR__ . '/same.inc';
enum Sz: string { case S = 's'; case L = 'l'; const BOTH = [self::S, self::L]; }
define('App\Env\DYN', ['e' => Sz::L, 'n' => [[Sz::BOTH]]]);
define('TOP', Sz::S);
const LOCAL = Sz::BOTH;
define('nullc', null); define('WEIRD name', 7); define('App\Env\CamelCase', 1); define('big', PHP_INT_MAX); define('flt', -INF); define('empty_s', ''); define('empty_a', []); define('bin', "a\0b");
same('constants', fn () => [DYN, \TOP, LOCAL, \nullc, constant('WEIRD name'), CamelCase, \app\ENV\CamelCase, \big, \flt, \empty_s, \empty_a, \bin, defined('app\env\CamelCase'), defined('App\Env\camelcase')]);
same('all of them', fn () => get_defined_constants(true)['user']);
same('in a namespace', fn () => [strlen('abc'), PHP_VERSION_ID, E_ALL, M_PI]);

$settings = ['precision' => '3', 'serialize_precision' => '4', 'error_log' => '/tmp/never', 'html_errors' => '0', 'date.timezone' => 'Asia/Tokyo', 'default_charset' => 'ISO-8859-1', 'assert.exception' => '0', 'arg_separator.output' => ';',
    'user_agent' => "a\0b", 'from' => '', 'memory_limit' => '-1', 'pcre.backtrack_limit' => '1234', 'pcre.jit' => '0', 'zend.enable_gc' => '0', 'zend.exception_ignore_args' => '1', 'unserialize_max_depth' => '10',
    'ignore_user_abort' => '1', 'default_socket_timeout' => '3', 'zend.assertions' => '0', 'highlight.string' => '#123456', 'include_path' => '.:/a:/b:' . __DIR__, 'log_errors' => '0', 'assert.active' => '0', 'auto_detect_line_endings' => '1'];
foreach ($settings as $name => $value) @ini_set($name, $value);
error_reporting(E_ALL & ~E_NOTICE & ~E_DEPRECATED);
same('settings', fn () => array_map(ini_get(...), array_keys($settings)));
same('all settings', fn () => array_map(fn ($s) => $s['local_value'], array_filter(ini_get_all(), fn ($name) => $name !== 'max_execution_time', ARRAY_FILTER_USE_KEY)));
same('of php.ini', fn () => array_filter(array_map(fn ($s) => $s['global_value'], ini_get_all())));
same('in use', fn () => [1 / 3, json_encode(1 / 3), date('T'), http_build_query(['a' => 1, 'b' => 2]), preg_match('/(a+)+$/', str_repeat('a', 30) . 'b'), preg_last_error_msg(), gc_enabled(), assert(false), stream_resolve_include_path('same.inc'), ignore_user_abort(), error_reporting()]);
foreach (['assert.exception', 'pcre.backtrack_limit', 'date.timezone', 'include_path'] as $name) ini_restore($name);
same('restored', fn () => [ini_get('pcre.backtrack_limit'), date('T'), get_include_path()]);
date_default_timezone_set('America/Lima');
same('time zone', fn () => [date_default_timezone_get(), ini_get('date.timezone'), date('T P', 0)]);
foreach ([0, E_ERROR, 32767, E_WARNING] as $level) {
    error_reporting($level);
    same("error_reporting $level", fn () => [error_reporting(), @error_reporting(), $nowhere ?? null]);
}
chdir('/usr/lib');
same('directory', fn () => [getcwd(), realpath('.'), is_dir('../bin'), glob('../bin/env')]);
putenv('ASYNC_THREADS_TEST=set');
same('environment variables', fn () => getenv('ASYNC_THREADS_TEST'));

error_reporting(E_ALL);
set_error_handler(fn ($n, $m) => print "handler of main: $m\n");
set_exception_handler(fn ($e) => print 'exception handler of main');
register_shutdown_function(fn () => print "shut down once\n");
ob_start(fn ($text) => strtoupper($text));
$GLOBALS['global'] = 1;
$_GET['g'] = $_SERVER['s'] = 1;
$fresh = (new \Async\Thread(fn () => [set_error_handler(null), set_exception_handler(null), ob_get_level(), isset($GLOBALS['global']), isset($_GET['g']), isset($_SERVER['s'])]))->join();
ob_end_clean();
echo json_encode($fresh), "\n";
// A setting that complains when it is set does not complain once more in each thread, neither to a handler nor aloud.
(new \Async\Thread(fn () => 1))->join();
restore_error_handler();
(new \Async\Thread(fn () => 1))->join();
--EXPECT--
constants: same
all of them: same
in a namespace: same
settings: same
all settings: same
of php.ini: same
in use: same
restored: same
time zone: same
error_reporting 0: same
error_reporting 1: same
error_reporting 32767: same
error_reporting 2: same
directory: same
environment variables: same
[null,null,0,false,false,false]
shut down once
