--TEST--
`new` without arguments starts an actor, with and without a constructor of its own, in hot code
--EXTENSIONS--
async_threads
--FILE--
<?php
class Plain extends Async\Actor { public function hi() { return 'plain'; } }
final class Own extends Async\Actor { private $n; public function __construct() { $this->n = 5; } public function hi() { return $this->n; } }
class Calls extends Async\Actor { private $n = 1; public function __construct() { parent::__construct(); $this->n++; } public function hi() { return $this->n; } }
function make(string $which) {
    if ($which === 'plain') return new Plain;
    if ($which === 'own') return new Own();
    return new Calls;
}
$seen = [];
for ($i = 0; $i < 60; $i++) {
    foreach (['plain', 'own', 'calls'] as $which) {
        $seen[$which][make($which)->hi()] = true;
    }
}
foreach ($seen as $which => $answers) { echo $which, ': ', implode(',', array_keys($answers)), "\n"; }
--EXPECT--
plain: plain
own: 5
calls: 2
