--TEST--
A fatal error in main ends the process in order while many actors are alive
--EXTENSIONS--
async_threads
--FILE--
<?php
class A extends Async\Actor { private $data = []; public function __construct() { $this->data = [str_repeat('x', 100), [1, 2]]; } public function __destruct() { echo ''; } }
for ($i = 0; $i < 300; $i++) { $actors[] = new A; }
echo "made\n";
strlen(str_repeat('x', PHP_INT_MAX >> 8));
--EXPECTF--
made

Fatal error: Allowed memory size of %s
