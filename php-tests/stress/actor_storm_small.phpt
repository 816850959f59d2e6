--TEST--
A small storm of actors: calls, new ones, dropped ones, exceptions, dying threads; each call is answered or fails with a reason
--EXTENSIONS--
async_threads
--INI--
display_errors=0
async_threads.actor_workers=3
--FILE--
<?php
require __DIR__ . '/actor_storm.inc';
mt_srand(3);
foreach ([false, true] as $deaths) {
    $counts = storm_round(100, 3000, $deaths);
    var_dump($counts['twice'], array_unique($counts['unexpected']), $counts['answered'] > 500, $counts['answered'] + $counts['failed'] >= 3000);
}
--EXPECT--
int(0)
array(0) {
}
bool(true)
bool(true)
int(0)
array(0) {
}
bool(true)
bool(true)
