--TEST--
Templates are rendered by Twig in threads and in a pool
--INI--
report_memleaks=0
--SKIPIF--
<?php require __DIR__ . '/libraries.inc'; echo library_is_missing('Twig/Environment.php', 'Composer/Autoload/ClassLoader.php'); ?>
--FILE--
<?php
require __DIR__ . '/libraries.inc';
composer();

const TEMPLATES = [
    'base' => '<title>{% block title %}-{% endblock %}</title>{% block body %}{% endblock %}{% macro row(k, v) %}<li>{{ k }}={{ v|join(",") }}</li>{% endmacro %}',
    'list' => '{% extends "base" %}{% import "base" as m %}{% block title %}{{ title|upper|escape }} {{ parent() }}{% endblock %}{% block body %}{% for k, v in rows %}{{ m.row(k, v) }}{% else %}none{% endfor %}{{ include("part", {n: rows|length}) }}{% endblock %}',
    'part' => '{% if n > 2 %}many{% elseif n == 2 %}two{% else %}few{% endif %}: {{ (n * 1.5)|number_format(2) }} {{ "now"|shout }} {{ range(1, n + 1)|map(x => x * 2)|filter(x => x > 2)|reduce((c, x) => c + x, 0) }} {% set x %}<b>{{ n }}</b>{% endset %}{{ x }} {{ twice(n) }}',
];

class AppExtension extends Twig\Extension\AbstractExtension
{
    public function getFilters(): array { return [new Twig\TwigFilter('shout', [self::class, 'shout'])]; }
    public function getFunctions(): array { return [new Twig\TwigFunction('twice', [self::class, 'twice'])]; }
    public static function shout(string $text): string { return strtoupper($text) . '!'; }
    public static function twice(int $n): int { return $n * 2; }
}

/** One in each thread: static variables of a function start fresh there. */
function twig(): Twig\Environment
{
    static $twig;
    if (!$twig) {
        $twig = new Twig\Environment(new Twig\Loader\ArrayLoader(TEMPLATES), ['autoescape' => 'html']);
        $twig->addExtension(new AppExtension);
    }
    return $twig;
}

$render = function (int $i): string {
    $rows = [];
    for ($k = 0; $k < $i % 7; $k++) {
        $rows["<key $k>"] = range(1, $k + 1);
    }
    return twig()->render('list', ['title' => "page $i & more", 'rows' => $rows]);
};
same_everywhere('not loaded in main', range(0, 59), $render);
echo $render(3), "\n";
// Now main has Twig's classes and those it has made of the templates.
same_everywhere('loaded in main', range(0, 59), $render);
// An error of Twig's own.
try {
    (new Async\ThreadPool(1))->enqueue(fn () => (new Twig\Environment(new Twig\Loader\ArrayLoader(['bad' => 'line one{{ nowhere }}']), ['strict_variables' => true]))->render('bad'));
} catch (Twig\Error\RuntimeError $e) {
    echo get_class($e), ': ', $e->getRawMessage(), ' ', $e->getTemplateLine(), ' ', $e->getSourceContext()->getName(), "\n";
}
--EXPECT--
not loaded in main: 60 results, the same everywhere
<title>PAGE 3 &amp; MORE -</title><li>&lt;key 0&gt;=1</li><li>&lt;key 1&gt;=1,2</li><li>&lt;key 2&gt;=1,2,3</li>many: 4.50 NOW! 18 <b>3</b> 6
loaded in main: 60 results, the same everywhere
Twig\Error\RuntimeError: Variable "nowhere" does not exist. 1 bad
