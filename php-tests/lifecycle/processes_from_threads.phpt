--TEST--
exec(), proc_open() and shell_exec() work in many threads at once
--FILE--
<?php
use Async\Thread;

$threads = [];
for ($i = 0; $i < 8; $i++) {
    $threads[] = new Thread(function () use ($i) {
        $process = proc_open('read x; echo "$x"; exit ' . $i, [['pipe', 'r'], ['pipe', 'w']], $pipes);
        fwrite($pipes[0], "line $i\n");
        $line = trim(fgets($pipes[1]));
        $status = proc_close($process);
        exec("echo exec $i", $lines);
        return [$line, $status, $lines[0], trim(shell_exec("echo shell $i"))];
    });
}
foreach ($threads as $thread) {
    echo json_encode($thread->join()), "\n";
}
--EXPECT--
["line 0",0,"exec 0","shell 0"]
["line 1",1,"exec 1","shell 1"]
["line 2",2,"exec 2","shell 2"]
["line 3",3,"exec 3","shell 3"]
["line 4",4,"exec 4","shell 4"]
["line 5",5,"exec 5","shell 5"]
["line 6",6,"exec 6","shell 6"]
["line 7",7,"exec 7","shell 7"]
