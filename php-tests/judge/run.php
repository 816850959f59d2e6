<?php
// Runs one script as `judge.php` asks for: `include`, `images` or `closure`, in `main` or in a `thread`.
[, $judge_way, $judge_where, $judge_file] = $argv;
$argv = $_SERVER['argv'] = [$judge_file];
$argc = $_SERVER['argc'] = 1;
(static function (string $way, string $where, string $file): void {
    if ($way !== 'include') {
        include "$file.declarations.php";
    }
    $run = match ($way) {
        'include' => static function () use ($file): void { include $file; },
        'images' => static function () use ($file): void { include "$file.statements.php"; },
        'closure' => include "$file.closure.php",
    };
    if ($where === 'main') {
        $run();
        return;
    }
    // In main an exception handler gets what is not caught; from a thread, the awaiter.
    $task = static function () use ($run): void {
        try {
            $run();
        } catch (Throwable $e) {
            $handler = set_exception_handler(null);
            $handler ? $handler($e) : throw $e;
        }
    };
    try {
        (new Async\Thread($task))->join();
    } catch (Async\RemoteException $e) {
        throw $e->getRemoteException() ?? $e;
    } catch (Async\ThreadFatalError $e) {
        echo "\nFatal error: {$e->getMessage()} in {$e->getFile()} on line {$e->getLine()}\n";
        exit(255);
    } catch (Async\ThreadExitException $e) {
        exit($e->getCode());
    }
})($judge_way, $judge_where, $judge_file);
