--TEST--
Output buffers, @ and error_get_last() belong to a coroutine
--FILE--
<?php
use function Async\{await_all, spawn, suspend};
ob_start();
echo "[main]";
$a = spawn(function () { ob_start(); echo "a1 "; suspend(); echo "a2"; return ob_get_clean(); });
$b = spawn(function () { echo "b to stdout\n"; @trigger_error("b error"); suspend(); return error_get_last()["message"]; });
$c = spawn(function () { @suspended(); return [error_reporting(), error_get_last()]; });
function suspended() { suspend(); }
[$results] = await_all([$a, $b, $c]);
$main = ob_get_clean();
echo json_encode([$results, $main, error_get_last()]), "\n";
spawn(function () { ob_start(); echo "left open\n"; });
--EXPECTF--
b to stdout
[["a1 a2","b error",[%d,null]],"[main]",null]
left open
