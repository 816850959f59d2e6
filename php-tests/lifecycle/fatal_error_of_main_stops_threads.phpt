--TEST--
After a fatal error in main threads are stopped soon, whatever they do, and the error is displayed
--FILE--
<?php
require __DIR__ . '/child.inc';

$tasks = [
    'computing' => 'arrive($address); while (true);',
    'computing in the engine' => 'arrive($address); while (true) { array_sum(range(1, 1000)); }',
    'sleeping' => 'arrive($address); sleep(1000);',
    'reading a pipe' => '$p = proc_open("exec cat", [["pipe", "r"], ["pipe", "w"], ["file", "/dev/null", "w"]], $pipes); arrive($address); fread($pipes[1], 1);',
    'reading a socket' => '$p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); arrive($address); fread($p[0], 1);',
    'selecting' => '$p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); arrive($address); $r = [$p[0]]; $w = $e = null; @stream_select($r, $w, $e, 1000);',
    'locking' => '$f = fopen($lock, "r"); arrive($address); flock($f, LOCK_EX);',
    'in a destructor' => '$o = new class($address) { function __construct(public $a) {} function __destruct() { arrive($this->a); while (true); } }; unset($o);',
    'in a late destructor' => '$GLOBALS["o"] = new class($address) { function __construct(public $a) {} function __destruct() { arrive($this->a); while (true); } };',
    'in a shutdown function' => 'register_shutdown_function(function () use ($address) { arrive($address); while (true); });',
    'catching everything' => 'arrive($address); while (true) { try { while (true); } catch (Throwable) {} }',
    'in a finally block' => 'try { arrive($address); while (true); } finally { while (true); }',
    'awaiting a thread' => '(new Thread(function () use ($address) { arrive($address); while (true); }))->join();',
    'delaying' => 'arrive($address); Async\delay(1_000_000);',
    'writing a full socket' => '$p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); arrive($address); while (true) @fwrite($p[0], str_repeat("x", 100000));',
];
foreach ($tasks as $name => $task) {
    echo "$name: ";
    run_child(<<<PHP
    \$gate = open_gate();
    \$address = address_of(\$gate);
    \$lock = __FILE__;
    \$locked = fopen(\$lock, 'r');
    flock(\$locked, LOCK_EX);
    \$thread = new Thread(function () use (\$address, \$lock) { $task });
    await_arrival(\$gate);
    ini_set('memory_limit', '16M');
    str_repeat('x', 100_000_000);
    PHP);
}
--EXPECTF--
computing: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
computing in the engine: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
sleeping: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
reading a pipe: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
reading a socket: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
%Astatus 255
selecting: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
locking: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
in a destructor: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
in a late destructor: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
in a shutdown function: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
catching everything: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
in a finally block: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
awaiting a thread: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
delaying: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
status 255
writing a full socket: 
Fatal error: Allowed memory size of 16777216 bytes exhausted%S in child.php on line 12
%Astatus 255
