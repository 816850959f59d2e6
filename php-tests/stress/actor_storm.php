<?php
// php actor_storm.php [rounds] [seed] [actors] [messages]: see actor_storm.inc. Memory is to stay flat from the third round on.
require __DIR__ . '/actor_storm.inc';

[$rounds, $seed, $actors, $messages] = array_map(intval(...), array_slice($argv, 1)) + [6, 1, 2000, 20000];
mt_srand($seed);
$rss = fn () => (int) preg_replace('/.*VmRSS:\s+(\d+).*/s', '$1', file_get_contents('/proc/self/status'));
for ($round = 1; $round <= $rounds; $round++) {
    $start = hrtime(true);
    $c = storm_round($actors, $messages, true);
    gc_collect_cycles();
    printf("round %d: %d answered, %d failed with a reason, %d handled twice, %d unexpected; %.1f s, %d KiB\n",
        $round, $c['answered'], $c['failed'], $c['twice'], count($c['unexpected']), (hrtime(true) - $start) / 1e9, $rss());
    foreach (array_unique($c['unexpected']) as $text) {
        echo "  $text\n";
    }
    if ($c['twice'] || $c['unexpected']) {
        exit(1);
    }
}
