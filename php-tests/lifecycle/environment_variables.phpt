--TEST--
A thread has the environment there is when it starts, in $_SERVER and getenv(), also while it changes
--FILE--
<?php
/** All variables but those that PHP adds to $_SERVER. */
function without_added(array $variables): array
{
    ksort($variables);
    return array_diff_key($variables, array_flip(['PHP_SELF', 'SCRIPT_NAME', 'SCRIPT_FILENAME', 'PATH_TRANSLATED', 'DOCUMENT_ROOT',
        'REQUEST_TIME', 'REQUEST_TIME_FLOAT', 'argv', 'argc']));
}

/** What a thread sees. */
function seen(): array
{
    return (new Async\Thread(static function () {
        $all = without_added(getenv());
        return [without_added($_SERVER) === $all, $all, $_SERVER['argv'], isset($_SERVER['REQUEST_TIME_FLOAT'])];
    }))->join();
}

/** Whether a thread sees what is here. */
function same(): bool
{
    return seen() === [true, without_added(getenv()), $_SERVER['argv'], true];
}

function report(string $what, bool $is): void
{
    echo $what, ': ', $is ? 'yes' : 'no', "\n";
}

report('at first', same() && same());
putenv('AT_NEW=first');
report('with a new one', same() && same() && seen()[1]['AT_NEW'] === 'first');
putenv('AT_NEW=other');
report('of the same length', same() && same() && seen()[1]['AT_NEW'] === 'other');
putenv('AT_NEW=');
report('empty', same() && seen()[1]['AT_NEW'] === '');
putenv('AT_NEW=x');
report('one character', same() && seen()[1]['AT_NEW'] === 'x');
putenv("AT_NEW=\xff\xfe = ä");
report('any bytes', same() && seen()[1]['AT_NEW'] === "\xff\xfe = ä");
putenv('123=number');
report('a number for a name', same() && seen()[1][123] === 'number');
putenv('123');
putenv('AT_NEW');
report('taken away', same() && !isset(seen()[1]['AT_NEW']));
report('changed by a thread', (new Async\Thread(static function () {
    putenv('AT_INNER=1');
    return getenv('AT_INNER') === '1' && same();
}))->join());

// What one thread does to its copy is its own.
$change = new Async\Thread(static function () {
    foreach ($_SERVER as $name => $value) {
        $_SERVER[$name] = [$value, $value];
    }
    $_SERVER = [];
    return true;
});
report('changed there', $change->join());
report('not elsewhere', same());

// A variable that is set all the time has one of its values, and the others are whole.
putenv('AT_STAYS=always');
$changing = new Async\Thread(static function () {
    for ($i = 0; $i < 20_000; $i++) {
        putenv('AT_RACE=' . str_repeat((string) ($i % 10), 1 + $i % 50));
    }
});
$wrong = 0;
for ($i = 0; $i < 300; $i++) {
    [, $all] = seen();
    $race = $all['AT_RACE'] ?? '0';
    if ($all['AT_STAYS'] !== 'always' || $race !== str_repeat($race[0], strlen($race))) {
        $wrong++;
    }
}
$changing->join();
report('whole in a race', $wrong === 0);
// PHP takes back what a thread has set when the thread's request ends, which may be after join().
putenv('AT_AFTER=end');
report('and after it', seen()[1]['AT_AFTER'] === 'end');
?>
--EXPECT--
at first: yes
with a new one: yes
of the same length: yes
empty: yes
one character: yes
any bytes: yes
a number for a name: yes
taken away: yes
changed by a thread: yes
changed there: yes
not elsewhere: yes
whole in a race: yes
and after it: yes
