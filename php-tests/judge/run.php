<?php
// Runs one script as `judge.php` asks for: `include`, `images` or `closure`, in `main` or in a `thread`.
//
// The script must not be able to tell which: main runs it as its exception handler, for that has no caller either, and gets an exception like the task of a
// thread does here; the numbers of objects and of resources are the same.
[, $judge_way, $judge_where, $judge_file] = $argv;
$judge = static function (string $way, string $file, Closure $judge): Closure {
    if ($way !== 'include') {
        include "$file.declarations.php";
    }
    $run = match ($way) {
        'include' => static function () use ($file): void { include $file; },
        'images' => static function () use ($file): void { include "$file.statements.php"; },
        'closure' => include "$file.closure.php",
    };
    return static function (Throwable $start) use ($run, $judge): void {
        static $begun = false;
        if ($begun) {
            // An exception of a shutdown function: it has no other handler.
            throw $start;
        }
        $begun = true;
        while (get_resource_id(fopen('php://memory', 'r')) < 40);
        gc_collect_cycles();
        try {
            $run();
        } catch (Throwable $e) {
            // From a thread, the awaiter gets what is not caught.
            while ($handler = set_exception_handler(null)) {
                try {
                    $handler($e);
                    return;
                } catch (Throwable $e) {
                }
            }
            throw $e;
        }
    };
};
$judge = $judge($judge_way, $judge_file, $judge);
$argv = $_SERVER['argv'] = [$judge_file];
$argc = $_SERVER['argc'] = 1;
if ($judge_where === 'main') {
    set_exception_handler($judge);
    unset($judge);
}
unset($judge_way, $judge_where, $judge_file);
// On one line, which is that of both exceptions.
$judge = isset($judge) ? new Async\Thread($judge, new Exception) : throw new Exception;
try {
    $judge->join();
} catch (Async\RemoteException $e) {
    throw $e->getRemoteException() ?? $e;
} catch (Async\ThreadFatalError $e) {
    echo "\nFatal error: {$e->getMessage()} in {$e->getFile()} on line {$e->getLine()}\n";
    exit(255);
} catch (Async\ThreadExitException $e) {
    exit($e->getCode());
}
