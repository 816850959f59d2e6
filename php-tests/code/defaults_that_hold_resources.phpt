--TEST--
A class whose defaults or constants hold what threads cannot share is there all the same; a stream of the process is that of the thread
--FILE--
<?php
use Async\Thread;
define('LOG', fopen('php://memory', 'r'));
define('OBJ', new ArrayObject);
class Logger { public $out = STDERR; const R = STDOUT; public static $s = [STDERR]; function ok() { return get_resource_type($this->out) === 'stream'; } }
class Log { public $log = LOG; const FINE = 3; public static $list = [LOG, 1]; static function works() { return 'works'; } }
class Obj { const O = OBJ; const FINE = [4]; }
class Kid extends Log {}
// Evaluated here.
[(new Logger)->ok(), Logger::R, Logger::$s, new Log, Log::$list, Obj::O, new Kid];
function show(Closure $task) { try { echo json_encode((new Thread($task))->join()), "\n"; } catch (Throwable $e) { echo $e->getMessage(), "\n"; } }
show(fn () => 'runs');
show(fn () => (new Logger)->ok());
show(fn () => is_resource(Logger::R) && is_resource(Logger::$s[0]));
show(fn () => new Log);
show(fn () => new Kid);
show(fn () => Obj::O);
show(fn () => [Log::FINE, Obj::FINE, Log::works()]);
show(fn () => Log::$list);

echo get_resource_type((new Logger)->out), ' ', get_class(Obj::O), "\n";
?>
--EXPECT--
"runs"
true
true
Undefined constant "LOG"
Undefined constant "LOG"
Undefined constant "OBJ"
[3,[4],"works"]
Undefined constant "LOG"
stream ArrayObject
