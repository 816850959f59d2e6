--TEST--
Source files are parsed and printed by nikic/php-parser in threads and in a pool
--INI--
report_memleaks=0
--SKIPIF--
<?php require __DIR__ . '/libraries.inc'; echo library_is_missing('PhpParser/autoload.php', 'Twig/autoload.php'); ?>
--FILE--
<?php
require __DIR__ . '/libraries.inc';
require LIBRARIES . '/PhpParser/autoload.php'; // a closure with a map in a static variable
$files = array_slice(sources('PhpParser'), 0, 45);

class Counts extends PhpParser\NodeVisitorAbstract
{
    public array $kinds = [];
    public function enterNode(PhpParser\Node $node) { $this->kinds[$node->getType()] = ($this->kinds[$node->getType()] ?? 0) + 1; }
}

$parse = function (string $file): array {
    $tree = (new PhpParser\ParserFactory)->create(PhpParser\ParserFactory::PREFER_PHP7)->parse(file_get_contents($file));
    $traverser = new PhpParser\NodeTraverser;
    $traverser->addVisitor(new PhpParser\NodeVisitor\NameResolver);
    $traverser->addVisitor($counts = new Counts);
    $tree = $traverser->traverse($tree);
    ksort($counts->kinds);
    return [$counts->kinds, md5((new PhpParser\PrettyPrinter\Standard)->prettyPrintFile($tree)), md5((new PhpParser\NodeDumper(['dumpComments' => true]))->dump($tree))];
};
same_everywhere('not loaded in main', $files, $parse);
same_everywhere('loaded in main', $files, $parse);
// The trees themselves come back.
$tree = fn (string $file) => (new PhpParser\ParserFactory)->create(PhpParser\ParserFactory::ONLY_PHP7)->parse(file_get_contents($file));
same_everywhere('trees', array_slice($files, 0, 10), $tree);
--EXPECT--
not loaded in main: 45 results, the same everywhere
loaded in main: 45 results, the same everywhere
trees: 10 results, the same everywhere
