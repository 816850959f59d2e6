--TEST--
STDIN, STDOUT and STDERR are there in a thread, and closing them closes nothing of the process
--FILE--
<?php
require __DIR__ . '/child.inc';

$child = new Child(<<<'PHP'
for ($i = 0; $i < 3; $i++) {
    (new Thread(function () {
        fwrite(STDOUT, "out\n");
        fwrite(STDERR, "err\n");
        fclose(STDOUT);
        fclose(STDERR);
        fclose(STDIN);
    }))->join();
}
echo (new Thread(fn () => fgets(STDIN)))->join();
fwrite(STDOUT, "main\n");
fwrite(STDERR, "main\n");
echo fgets(STDIN);
PHP);
$child->write("first\n");
echo $child->line(), "\n", $child->line(), "\n", $child->line(), "\n", $child->line(), "\n", $child->line(), "\n", $child->line(), "\n";
echo $child->line(), "\n", $child->line(), "\n", $child->line(), "\n";
$child->write("second\n");
$child->finish();
--EXPECT--
out
err
out
err
out
err
first
main
main
second
status 0
