--TEST--
Constants, included files, include path, working directory and changed ini settings
--FILE--
<?php
require __DIR__ . '/same.inc';

const PLAIN = 'plain', LISTED = [1, 'k' => [true, null, 2.5]];
define('DYNAMIC', str_repeat('x', 5)); define('Ns\Sub\NAMED', 3); define('NESTED', ['a' => ['b' => [DYNAMIC]]]);
define('HANDLE', fopen('php://memory', 'r'));
define('OBJECT', new stdClass);
same('constants', fn () => [PLAIN, LISTED, DYNAMIC, Ns\Sub\NAMED, \ns\sub\NAMED, NESTED, defined('NOPE'), get_defined_constants(true)['user']['NESTED']]);
enum Size: int { case S = 1; case L = 2; }
const ONE_CASE = Size::L; define('CASES', [Size::S, 'deep' => [['l' => Size::L, 7 => [1]]]]);
same('enum cases', fn () => [ONE_CASE, CASES, CASES['deep'][0]['l'] === Size::L, constant('CASES')[0]->value]);
echo json_encode(Async\await(Async\spawn_thread(fn () => CASES['deep'][0]['l']->value, inherit: false))), "\n";
echo json_encode((new Async\Thread(fn () => [defined('HANDLE'), defined('OBJECT'), defined('STDIN')]))->join()), "\n";
try { (new Async\Thread(fn () => OBJECT))->join(); } catch (Async\RemoteException $e) { echo $e->getMessage(), "\n"; }

chdir(sys_get_temp_dir());
set_include_path(__DIR__ . PATH_SEPARATOR . get_include_path());
ini_set('precision', '5'); ini_set('date.timezone', 'Asia/Tokyo'); ini_set('memory_limit', '300M'); ini_set('user_agent', 'me'); error_reporting(E_ALL & ~E_NOTICE);
same('environment', fn () => [getcwd(), get_include_path(), ini_get('precision'), 1 / 3, date_default_timezone_get(), ini_get('memory_limit'), ini_get('user_agent'), error_reporting()]);
same('included files', fn () => get_included_files());
same('require_once', fn () => require_once 'same.inc');
same('superglobals', fn () => [isset($_SERVER['REQUEST_TIME']), count($_SERVER['argv']), count($_GET), isset($_ENV)]);
ini_restore('precision');
same('restored', fn () => ini_get('precision'));
--EXPECT--
constants: same
enum cases: same
2
[false,false,true]
Undefined constant "OBJECT"
environment: same
included files: same
require_once: same
superglobals: same
restored: same
