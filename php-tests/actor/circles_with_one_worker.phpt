--TEST--
Circles of calls by every way to wait are DeadlockErrors, with one worker
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
require __DIR__ . '/circles.inc';
?>
--EXPECT_EXTERNAL--
circles.expect
