--TEST--
Patterns of code that is gone: caches of a warm thread hold no string of it
--INI--
async_threads.thread_cache=1
--FILE--
<?php
for ($i = 0; $i < 300; $i++) {
    $f = eval("return fn (\$s) => preg_match('/^x{$i}y+\$/', \$s) . preg_replace('~(a|b{$i})~', '<\$1>', \$s) . count(preg_split('/[{$i}]/', \$s));");
    $there = (new Async\Thread($f, "x{$i}yya"))->join();
    if ($there !== $f("x{$i}yya")) echo "different\n";
    unset($f);
}
echo (new Async\Thread(function () { for ($i = 0, $n = 0; $i < 5000; $i++) $n += preg_match("/^{$i}\$/", (string) $i); return $n; }))->join(), "\n";
--EXPECT--
5000
