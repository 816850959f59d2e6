--TEST--
What a thread sets is its own, and not there for the next thread or for main
--FILE--
<?php
use Async\Thread;

function settings(): array
{
    $handler = set_error_handler(null);
    restore_error_handler();
    return [ini_get('memory_limit'), ini_get('precision'), error_reporting(), date_default_timezone_get(), mb_internal_encoding(),
        $handler !== null, getcwd() === __DIR__, isset($GLOBALS['left']), setlocale(LC_ALL, 0) === 'C', ob_get_level(), ini_get('display_errors')];
}
chdir(__DIR__);
$before = settings();
for ($i = 0; $i < 20; $i++) {
    $inside = (new Thread(function () {
        $fresh = settings();
        ini_set('memory_limit', '77M');
        ini_set('precision', 3);
        ini_set('display_errors', '0');
        error_reporting(E_ERROR);
        date_default_timezone_set('Asia/Tokyo');
        mb_internal_encoding('ISO-8859-1');
        set_error_handler(fn () => true);
        set_exception_handler(fn () => true);
        chdir('/');
        $GLOBALS['left'] = true;
        ob_start();
        return $fresh;
    }))->join();
    if ($inside !== $before) {
        var_dump(array_diff_assoc($inside, $before));
        break;
    }
}
var_dump(settings() === $before);
--EXPECT--
bool(true)
