--TEST--
Declarations that failed in the creator, run in either branch, or are repeated by the thread
--EXTENSIONS--
async_threads
--FILE--
<?php
use Async\Thread;
function t(string $what, Closure $f) {
    try {
        $got = json_encode((new Thread($f))->join());
        echo $what, ': ', $got, "\n";
    } catch (Throwable $e) {
        // PHP 8.2 and 8.3 word the repetition of a declaration in other ways.
        echo $what, ': ', get_class($e), ': ', preg_replace('/^Cannot (re)?declare .*/s', 'declared already', $e->getMessage()), "\n";
    }
}
function extendsIt() { class ExtendsMissing extends MissingParent { function m() { return $this->x . self::class; } } return new ExtendsMissing; }
function implementsIt() { class ImplementsMissing extends ArrayObject implements MissingFace { function m() { return self::OF_FACE . self::class; } } return new ImplementsMissing; }
$all = ['extendsIt' => 'ExtendsMissing', 'implementsIt' => 'ImplementsMissing'];
foreach ($all as $f => $class) {
    t("$f, before", fn () => $f());
    try { $f(); } catch (Error $e) { echo 'main: ', $e->getMessage(), "\n"; }
    t("$f, after it failed here", fn () => $f());
    t("$f, complete there", function () use ($f) { eval('class MissingParent { public $x = "there "; } interface MissingFace { const OF_FACE = "there "; }'); return $f()->m(); });
}
eval('class MissingParent { public $x = "here "; } interface MissingFace { const OF_FACE = "here "; }');
foreach ($all as $f => $class) {
    t("$f, complete here", fn () => $f()->m());
    echo 'main: ', $f()->m(), "\n";
    t("$f, declared here", fn () => [class_exists($class, false), (new $class)->m()]);
    t("$f, twice", fn () => $f());
}
if (PHP_VERSION_ID > 1) { function either() { return 'first'; } } else { function either() { return 'second'; } }
function declares(bool $first) { if ($first) { function which() { return 'first'; } } else { function which() { return 'second'; } } return which(); }
t('either', fn () => either());
t('the second', fn () => declares(false));
t('the first', fn () => declares(true));
t('both', fn () => declares(true) . declares(false));
echo 'main: ', declares(true), "\n";
t('declared here', fn () => which());
t('once more there', fn () => declares(false));
t('only if it is missing', function () { if (!function_exists('which')) { function which() { return 'of the thread'; } } return which(); });
t('by eval', fn () => eval('function which() {}'));
t('class by eval', fn () => eval('class MissingParent {}'));
t('constant', fn () => [define('ONCE', 1), @define('ONCE', 2), ONCE, defined('NEVER_HERE')]);
t('constant once more', fn () => [define('ONCE', 3), ONCE]);
--EXPECT--
extendsIt, before: Async\RemoteException: Class "MissingParent" not found
main: Class "MissingParent" not found
extendsIt, after it failed here: Async\RemoteException: Class "MissingParent" not found
extendsIt, complete there: "there ExtendsMissing"
implementsIt, before: Async\RemoteException: Interface "MissingFace" not found
main: Interface "MissingFace" not found
implementsIt, after it failed here: Async\RemoteException: Interface "MissingFace" not found
implementsIt, complete there: "there ImplementsMissing"
extendsIt, complete here: "here ExtendsMissing"
main: here ExtendsMissing
extendsIt, declared here: [true,"here ExtendsMissing"]
extendsIt, twice: Async\ThreadFatalError: declared already
implementsIt, complete here: "here ImplementsMissing"
main: here ImplementsMissing
implementsIt, declared here: [true,"here ImplementsMissing"]
implementsIt, twice: Async\ThreadFatalError: declared already
either: "first"
the second: "second"
the first: "first"
both: Async\ThreadFatalError: declared already
main: first
declared here: "first"
once more there: Async\ThreadFatalError: declared already
only if it is missing: "first"
by eval: Async\ThreadFatalError: declared already
class by eval: Async\ThreadFatalError: declared already
constant: [true,false,1,false]
constant once more: [true,3]
