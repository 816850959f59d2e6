--TEST--
Symfony's YAML and Doctrine's inflector work in threads and in a pool
--INI--
report_memleaks=0
--SKIPIF--
<?php require __DIR__ . '/libraries.inc'; echo library_is_missing('Symfony/Component/Yaml/Yaml.php', 'Doctrine/Inflector/Inflector.php', 'Composer/Autoload/ClassLoader.php'); ?>
--FILE--
<?php
require __DIR__ . '/libraries.inc';
composer();
use Symfony\Component\Yaml\{Yaml, Exception\ParseException, Tag\TaggedValue};

$documents = [];
for ($i = 0; $i < 30; $i++) {
    $documents[] = Yaml::dump(['name' => "document $i", 'list' => range(0, $i), 'nested' => array_fill(0, $i % 5, ['a' => ['b' => $i / 4]]), 'text' => "two\nlines: $i"], 4)
        . "anchor: &a {x: $i}\nmerged: {<<: *a, y: 2}\ntag: !mine [1, 2]\ndate: 2020-01-0" . ($i % 9 + 1) . "\n";
}
same_everywhere('yaml', $documents, fn (string $text) => Yaml::parse($text, Yaml::PARSE_CUSTOM_TAGS | Yaml::PARSE_DATETIME));
same_everywhere('dumped', $documents, fn (string $text) => Yaml::dump(Yaml::parse($text, Yaml::PARSE_CUSTOM_TAGS), 6));

$words = ['person', 'Child', 'matrix', 'user_account', 'OrderItem', 'mouse', 'news', 'status', 'criterion', 'boxes'];
same_everywhere('inflected', $words, function (string $word) {
    $inflector = Doctrine\Inflector\InflectorFactory::create()->build();
    return [$inflector->pluralize($word), $inflector->singularize($word), $inflector->tableize($word), $inflector->classify($word), $inflector->urlize($word)];
});
try {
    (new Async\ThreadPool(1))->enqueue(fn () => Yaml::parse("a: b\n c: d"));
} catch (ParseException $e) {
    echo $e->getMessage(), "\n";
}
echo (new Async\Thread(fn () => spl_autoload_functions() && Composer\Autoload\ClassLoader::getRegisteredLoaders()[LIBRARIES]->findFile(Yaml::class) === LIBRARIES . '/Symfony/Component/Yaml/Yaml.php' ? 'found' : '-'))->join(), "\n";
--EXPECT--
yaml: 30 results, the same everywhere
dumped: 30 results, the same everywhere
inflected: 10 results, the same everywhere
A colon cannot be used in an unquoted mapping value at line 2 (near " c: d").
found
