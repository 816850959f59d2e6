--TEST--
A worker takes over working directory and settings once; error reporting is the creator's, also when `@` has been used there
--FILE--
<?php
$silent = @$undefined;
echo (new Async\Thread(fn () => error_reporting() === E_ALL ? 'E_ALL' : error_reporting()))->join(), "\n";

class Where extends Async\Actor { public function is() { return [ini_get('precision'), getcwd()]; } }
chdir('/');
ini_set('precision', '10');
$pool = new Async\ThreadPool(1);
$task = fn () => [ini_get('precision'), getcwd()];
$actor = new Where();
$show = fn () => print json_encode([$pool->enqueue($task), $actor->is()], JSON_UNESCAPED_SLASHES) . "\n";
$show();
chdir('/usr');
ini_set('precision', '6');
$show();
// What makes the worker learn of new names does not change where it is.
eval('class Later {}');
$show();
echo json_encode((new Async\Thread($task))->join(), JSON_UNESCAPED_SLASHES), "\n";
echo json_encode(Async\spawn_thread($task, inherit: false)->join(), JSON_UNESCAPED_SLASHES), "\n";

// A bootloader has it, too, and what that changes stays.
$boot = function () use ($task) { $GLOBALS['was'] = $task(); chdir('/tmp'); ini_set('precision', '4'); };
echo json_encode(Async\spawn_thread(fn () => [$GLOBALS['was'], $task()], bootloader: $boot)->join(), JSON_UNESCAPED_SLASHES), "\n";
?>
--EXPECT--
E_ALL
[["10","/"],["10","/"]]
[["10","/"],["10","/"]]
[["10","/"],["10","/"]]
["6","/usr"]
["6","/usr"]
[["6","/usr"],["4","/tmp"]]
