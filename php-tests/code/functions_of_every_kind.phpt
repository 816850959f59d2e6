--TEST--
Functions: defaults, variadics, references, statics, generators, attributes, conditional and nested ones
--FILE--
<?php
namespace App\Tools;

require __DIR__ . '/same.inc';

use Attribute;

const LIMIT = 7;

#[Attribute]
class Note
{
    public function __construct(public string $text, public array $more = [LIMIT => 'x']) {}
}

/** Says what it got. */
#[Note('plain', more: ['a' => [1, 2.5, null, true]])]
function describe(int|string $a = LIMIT * 2, ?array $b = ['k' => [LIMIT]], null|\Countable $c = null, mixed ...$rest): string
{
    return json_encode(func_get_args() ?: [$a, $b, $c]) . __FUNCTION__ . __NAMESPACE__;
}

function &element(array &$list, string $key): mixed { return $list[$key]; }
function counter(): int { static $count = LIMIT, $list = [1, [2]]; $list[] = ++$count; return $count + count($list); }
function numbers(int $to): \Generator { try { for ($i = 0; $i < $to; $i++) { $got = yield $i => $i * $i; if ($got) return $got; } } finally { echo ''; } }
function delegate(): \Generator { yield -1; $r = yield from numbers(3); return $r; }
function nothing(): void {}
function never_returns(): never { throw new \LogicException('never'); }
function handlers(): array
{
    $log = [];
    foreach ([1, 0] as $by) {
        try {
            try { $log[] = intdiv(1, $by); } catch (\DivisionByZeroError $e) { $log[] = $e->getMessage(); throw new \RuntimeException('again', 3, $e); } finally { $log[] = 'finally'; }
        } catch (\RuntimeException $e) { $log[] = $e->getCode() . get_class($e->getPrevious()); }
    }
    return $log;
}
function words(string $s): string
{
    switch ($s) { case 'one': case 'two': return 'small'; case 'hundred': return 'big'; default: return match (true) { strlen($s) > 5 => 'long', default => 'short' }; }
}
if (LIMIT > 3) {
    function conditional() { return 'conditional'; }
} else {
    function conditional() { return 'not this one'; }
}
function outer() { function inner() { return 'inner'; } return inner(); }
function parse(string $s) { [$a, ['k' => $b]] = [1, [2, 'k' => 3]]; return "$s {$a} $b" . <<<X
        heredoc $s
      X; }
outer();

same('defaults', fn () => [describe(), describe(1, null), describe('s', [], null, ...['x' => 1, 'y' => 2])]);
same('references', function () { $l = ['a' => 1]; $r = &element($l, 'a'); $r = 5; return $l; });
same('statics', function () { return [counter() - counter()]; });
same('generators', function () { $g = delegate(); $out = iterator_to_array($g, false); return [$out, $g->getReturn()]; });
same('sent values', function () { $g = numbers(9); $g->current(); $g->send('stop'); return $g->getReturn(); });
same('void and never', function () { return [nothing(), never_returns()]; });
same('exceptions', fn () => handlers());
same('switch and match', fn () => array_map(words(...), ['one', 'hundred', 'thousand', 'x']));
same('conditional', fn () => conditional());
same('declared in a function', fn () => [inner(), function_exists('App\Tools\inner')]);
same('global functions from a namespace', fn () => strtoupper(trim(' x ')) . \strlen('abc'));
same('strings', fn () => parse('p'));
same('reflection', fn () => array_map(fn ($f) => (string) new \ReflectionFunction(__NAMESPACE__ . "\\$f"), ['describe', 'element', 'counter', 'numbers', 'conditional']));
same('doc comment', fn () => (new \ReflectionFunction('App\Tools\describe'))->getDocComment());
same('attributes', fn () => (new \ReflectionFunction('App\Tools\describe'))->getAttributes()[0]->newInstance());
same('a name that is nowhere', fn () => nowhere());
same('a class that is nowhere', fn () => new Nowhere);
same('statics start fresh', fn () => 0);
counter();
echo (new \Async\Thread(fn () => counter()))->join(), "\n";
--EXPECT--
defaults: same
references: same
statics: same
generators: same
sent values: same
void and never: same
exceptions: same
switch and match: same
conditional: same
declared in a function: same
global functions from a namespace: same
strings: same
reflection: same
doc comment: same
attributes: same
a name that is nowhere: same
a class that is nowhere: same
statics start fresh: same
11
