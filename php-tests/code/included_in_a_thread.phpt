--TEST--
What a thread includes is read as main reads it
--FILE--
<?php
$file = tempnam(sys_get_temp_dir(), 'thread_includes_');
file_put_contents($file, "#!/usr/bin/env php\n<?php declare(strict_types=1); return __LINE__;");
var_dump(include $file, (new Async\Thread(fn () => include $file))->join());
unlink($file);
--EXPECT--
int(2)
int(2)
