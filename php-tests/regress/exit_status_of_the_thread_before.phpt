--TEST--
exit with a string does not show the status of an earlier exit on the same operating system thread
--FILE--
<?php
use Async\Thread;

foreach ([fn () => exit(3), fn () => exit("text\n")] as $task) {
    for ($i = 0; $i < 10; $i++) {
        try {
            (new Thread($task))->join();
        } catch (Async\ThreadExitException $e) {
            $seen[] = $e->getStatus();
        }
    }
}
echo json_encode(array_count_values($seen)), "\n";
--EXPECT--
text
text
text
text
text
text
text
text
text
text
{"3":10,"0":10}
