<?php
// The engine's own tests as a judge of code that travels.
//
//     php judge.php <php-src> <directory for work> [--filter=<part of a path>] [--ways=include,images,closure] [--jobs=2] -- <options of php>
//
// Each test's script runs in main and in a thread, three ways: included there; with its functions and classes compiled in main and the rest included in the thread
// (`images`); with the rest as a closure of main (`closure`). The outputs must be the same: the whole (`differs`), or all lines of it (`order`). Prints each
// difference and the counts. `differences.txt` gives the reasons of those that are known; any other, and any crash in a thread, ends the judge with 1.

require __DIR__ . '/split.inc';

const SUITES = ['Zend/tests', 'tests/classes', 'tests/lang', 'ext/spl/tests', 'ext/reflection/tests'];
const INI = ['precision=14', 'serialize_precision=-1', 'error_reporting=32767', 'display_errors=1', 'log_errors=0', 'html_errors=0', 'zend.assertions=1',
    'zend.exception_ignore_args=0', 'memory_limit=128M', 'date.timezone=UTC', 'report_zend_debug=0', 'short_open_tag=1'];

$rest = array_search('--', $argv, true);
$php_options = $rest === false ? [] : array_slice($argv, $rest + 1);
$own = array_slice($argv, 1, $rest === false ? null : $rest - 1);
$options = ['filter' => '', 'ways' => 'include,images,closure', 'jobs' => '2'];
foreach ($own as $i => $option) {
    if (preg_match('/^--(filter|ways|jobs)=(.*)$/', $option, $match)) {
        $options[$match[1]] = $match[2];
        unset($own[$i]);
    }
}
[$php_src, $work] = array_values($own);
if (!is_dir("$work/tree")) {
    mkdir("$work/tree", recursive: true);
    foreach (SUITES as $suite) {
        is_dir("$work/tree/" . dirname($suite)) || mkdir("$work/tree/" . dirname($suite), recursive: true);
        exec('cp -r ' . escapeshellarg("$php_src/$suite") . ' ' . escapeshellarg("$work/tree/" . dirname($suite)));
    }
}

define('ENVIRONMENT', ['PATH' => getenv('PATH'), 'HOME' => sys_get_temp_dir(), 'NO_COLOR' => '1', 'TEST_PHP_EXECUTABLE' => PHP_BINARY]);

/** The sections of a test. */
function sections(string $path): array
{
    $parts = preg_split('/^--([A-Z_]+)--\r?\n/m', file_get_contents($path), -1, PREG_SPLIT_DELIM_CAPTURE);
    $sections = [];
    for ($i = 1; $i + 1 < count($parts); $i += 2) {
        $sections[$parts[$i]] ??= $parts[$i + 1];
    }
    return $sections;
}

/** What differs between two runs of anything: addresses; an object in the arguments of a trace, of which an exception that crosses keeps the class alone. */
function normal(string $output): string
{
    $short = fn ($name) => "'" . (strlen($name) > 15 ? substr($name, 0, 15) . '...' : $name) . "'";
    $in_line = fn ($line) => preg_replace_callback('/\b(?:Object\(([^)]*)\)|Resource id #\d+)/', fn ($match) => $short($match[1] ?? 'resource'), $line[0]);
    $output = preg_replace_callback('/^#\d+ .*/m', $in_line, $output);
    $output = preg_replace('/\b(?:Parse|Compile) error\b/', 'Fatal error', $output);
    return trim(preg_replace('/0x[0-9a-f]{6,}/', '0x', $output));
}

/** The tests that may differ, and how: they stand, with their reasons, in `differences.txt`. */
function explained(): array
{
    $lines = file(__DIR__ . '/differences.txt', FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES);
    return array_fill_keys(array_filter($lines, fn ($line) => $line[0] !== '#'), true);
}

/** One test in all ways. Yields commands; gets their [status, output]. */
function examine(string $path, array $options, array $php_options): Generator
{
    $test = sections($path);
    $skip = array_intersect(['POST', 'POST_RAW', 'GET', 'COOKIE', 'STDIN', 'CGI', 'PHPDBG', 'REDIRECTTEST', 'FILEEOF', 'FILE_EXTERNAL', 'ARGS', 'CAPTURE_STDIO'], array_keys($test));
    if ($skip || !isset($test['FILE']) || preg_match('/opcache\.(preload|file_cache)|auto_(prepend|append)_file|disable_/', $test['INI'] ?? '')) {
        return ['skipped' => 1];
    }
    $base = substr($path, 0, -5);
    chdir(dirname($path));
    $ini = [];
    $settings = str_replace('{PWD}', dirname($path), $test['INI'] ?? '');
    foreach ([...INI, ...array_filter(array_map(trim(...), explode("\n", $settings)))] as $setting) {
        array_push($ini, '-d', preg_replace('/\s*=\s*/', '=', $setting, 1));
    }
    $php = [PHP_BINARY, '-n', ...$php_options, ...$ini];
    if (isset($test['SKIPIF'])) {
        file_put_contents("$base.skip.php", $test['SKIPIF']);
        [, $output] = yield [...$php, "$base.skip.php"];
        if (stripos(ltrim($output), 'skip') === 0) {
            return ['skipped' => 1];
        }
    }
    $code = preg_replace('/\r?\n$/', '', $test['FILE']);
    file_put_contents("$base.php", $code);
    $parts = split_script($code);
    if ($parts) {
        file_put_contents("$base.php.declarations.php", $parts['declarations']);
        file_put_contents("$base.php.statements.php", $parts['statements']);
        file_put_contents("$base.php.closure.php", $parts['closure'] ?? '');
    }
    $counts = [];
    foreach (explode(',', $options['ways']) as $way) {
        if ($way !== 'include' && (!$parts || ($way === 'closure' && $parts['closure'] === null))) {
            continue;
        }
        $outputs = [];
        $verdict = 'same';
        foreach (['main', 'thread', 'main', 'main', 'main'] as $i => $where) {
            if ($i >= 2 && $verdict !== 'differs') {
                break;
            }
            [$status, $output] = yield [...$php, __DIR__ . '/run.php', $way, $where, "$base.php"];
            if (isset($test['CLEAN'])) {
                file_put_contents("$base.clean.php", $test['CLEAN']);
                yield [...$php, "$base.clean.php"];
            }
            $outputs[] = normal($output);
            if ($status > 128 && $status < 255) {
                $verdict = $i === 0 ? 'crash-in-main' : ($verdict === 'crash-in-main' ? $verdict : 'CRASH');
                $outputs[$i] .= "\n[ended with $status]";
            } elseif ($i === 1 && $outputs[0] !== $outputs[1]) {
                $verdict = 'differs';
            } elseif ($i >= 2 && $outputs[0] !== $outputs[$i]) {
                $verdict = 'random';
            }
        }
        if ($verdict === 'differs') {
            $lines = array_map(function (string $output) {
                $lines = explode("\n", $output);
                sort($lines);
                return array_values(array_filter($lines));
            }, $outputs);
            $verdict = $lines[0] === $lines[1] ? 'order' : 'differs';
        }
        $name = substr($path, strlen($options['work']) + 6);
        if ($verdict !== 'same' && $verdict !== 'random' && !isset($options['explained']["$verdict $name"])) {
            $verdict = "UNEXPLAINED $verdict";
        }
        $counts["$way $verdict"] = 1;
        if ($verdict !== 'same') {
            echo "$way $verdict $name\n";
            file_put_contents("$options[work]/differences.txt", "==== $way $verdict $name\n--- main\n$outputs[0]\n--- thread\n$outputs[1]\n", FILE_APPEND);
        }
    }
    return $counts;
}

$options['work'] = realpath($work);
$options['explained'] = explained();
$tests = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$options[work]/tree", FilesystemIterator::SKIP_DOTS)) as $file) {
    if (str_ends_with($file, '.phpt') && preg_match('~' . ($options['filter'] ?: '.') . '~', $file)) {
        $tests[] = (string) $file;
    }
}
sort($tests);
$totals = [];
$running = [];
$next = function (Generator $test) use (&$running, &$totals): void {
    if (!$test->valid()) {
        foreach ($test->getReturn() as $what => $count) {
            $totals[$what] = ($totals[$what] ?? 0) + $count;
        }
        return;
    }
    $process = proc_open(['timeout', '-s', 'KILL', '30', ...$test->current()], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes, null, ENVIRONMENT);
    $running[(int) $pipes[1]] = [$test, $process, $pipes[1], ''];
};
while ($tests || $running) {
    while ($tests && count($running) < (int) $options['jobs']) {
        $next(examine(array_shift($tests), $options, $php_options));
    }
    $readable = array_column($running, 2);
    $none = [];
    stream_select($readable, $none, $none, null);
    foreach ($readable as $pipe) {
        $place = &$running[(int) $pipe];
        $place[3] .= fread($pipe, 65536);
        if (feof($pipe)) {
            [$test, $process, , $output] = $place;
            unset($running[(int) $pipe], $place);
            fclose($pipe);
            $test->send([proc_close($process), $output]);
            $next($test);
        }
        unset($place);
    }
}
ksort($totals);
foreach ($totals as $what => $count) {
    echo "$what: $count\n";
}
exit(array_filter(array_keys($totals), fn ($what) => str_contains($what, 'UNEXPLAINED')) ? 1 : 0);
