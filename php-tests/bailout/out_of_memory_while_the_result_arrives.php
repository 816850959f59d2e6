<?php
require __DIR__ . '/../lifecycle/child.inc';

run_child(<<<'PHP'
ini_set('memory_limit', '16M');
$thread = new Thread(function () { ini_set('memory_limit', '512M'); return range(1, 5_000_000); });
$other = new Thread(function () { while (true); });
$thread->join();
echo "must not be reached\n";
PHP);
