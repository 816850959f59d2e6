--TEST--
A file that a bootloader includes declares its classes early, though their parents were bound on demand; handlers run meanwhile
--FILE--
<?php
use function Async\spawn_thread;
class FromMain { function name() { return static::class; } }
function of_main() { return 'of main'; }
function anonymous() { return new class extends FromMain { function name() { return 'anonymous'; } }; }
$file = tempnam(sys_get_temp_dir(), 'bootloader_includes_');
file_put_contents($file, '<?php $GLOBALS["early"] = (new Early)->name(); class Early extends FromMain {} function late($a = 1, $b) {} function of_file() { return "of file"; }');
$boot = function () use ($file) {
    // An error handler runs while the file is compiled; opcache holds it back until then, and shows the error itself the first time.
    set_error_handler(function (int $type, string $message) {
        try {
            $GLOBALS['seen'][] = of_main();
        } catch (Error $e) {
            $GLOBALS['seen'][] = $e->getMessage();
        }
        $GLOBALS['seen'][] = anonymous()->name();
        return true;
    });
    $GLOBALS['before'] = [(new FromMain)->name(), of_main(), anonymous()->name()];
    include $file;
};
$task = fn () => [$GLOBALS['before'], $GLOBALS['early'], $GLOBALS['seen'] !== [], of_main(), of_file(), anonymous()->name()];
echo json_encode(spawn_thread($task, bootloader: $boot)->join()), "\n";
echo json_encode(spawn_thread(function () use ($boot, $task) { $boot(); return $task(); }, inherit: false)->join()), "\n";
unlink($file);
--EXPECTF--
%A[["FromMain","of main","anonymous"],"Early",true,"of main","of file","anonymous"]
[["FromMain","of main","anonymous"],"Early",true,"of main","of file","anonymous"]
