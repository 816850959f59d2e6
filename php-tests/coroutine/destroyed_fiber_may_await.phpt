--TEST--
A Fiber that is destroyed while suspended may await in its finally blocks
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip the engine refuses switches in destructors'); ?>
--FILE--
<?php
use function Async\{await, spawn};
$f = new Fiber(function () { try { Fiber::suspend(); } finally { echo await(spawn(fn () => "in finally")), "\n"; } });
$f->start(); unset($f); echo "done\n";
--EXPECT--
in finally
done
