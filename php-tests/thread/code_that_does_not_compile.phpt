--TEST--
Code that does not parse or compile, in eval and include, is a failure of the thread alone
--FILE--
<?php
require __DIR__ . '/gate.inc';
use Async\Thread;

$parse = __DIR__ . '/code_that_does_not_compile.parse.php';
$compile = __DIR__ . '/code_that_does_not_compile.compile.php';
file_put_contents($parse, '<?php function {');
file_put_contents($compile, "<?php\nfunction f() { break; }");
show(fn () => (new Thread(fn () => eval('function {')))->join());
show(fn () => (new Thread(fn () => include $parse))->join());
show(fn () => (new Thread(fn () => include $compile))->join());
show(fn () => (new Thread(fn () => require __DIR__ . '/no_such_file.php'))->join());
show(fn () => (new Thread(fn () => 'alive'))->join());
unlink($parse);
unlink($compile);
--EXPECTF--
Async\RemoteException(0): syntax error, unexpected token "{", expecting "(", previous ParseError
Async\RemoteException(0): syntax error, unexpected token "{", expecting "(", previous ParseError
Async\ThreadFatalError(0): 'break' not in the 'loop' or 'switch' context

Warning: require(%s): Failed to open stream: No such file or directory in %s on line %d
Async\%s(0): Failed opening required '%sno_such_file.php' (include_path=%s)%S
"alive"
