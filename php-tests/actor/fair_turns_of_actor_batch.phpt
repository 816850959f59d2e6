--TEST--
An actor handles async_threads.actor_batch messages, then the next of its worker has its turn
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
async_threads.actor_batch=2
--FILE--
<?php
class Turns extends Async\Actor {
    private static string $log = '';
    public function note(string $who) { self::$log .= $who; }
    // While this runs, their one worker handles nothing else: all are queued before the first is handled.
    public function queue(array $actors, int $times) {
        foreach ($actors as $who => $actor) {
            for ($i = 0; $i < $times; $i++) { $actor->noteAsync($who)->ignore(); }
        }
    }
    public function log() { return self::$log; }
}
$boss = new Turns;
$actors = ['a' => new Turns, 'b' => new Turns, 'c' => new Turns];
$boss->queue($actors, 5);
foreach ($actors as $actor) { $actor->note('.'); }
echo str_replace('.', '', $boss->log()), "\n";
--EXPECT--
aabbccaabbccabc
