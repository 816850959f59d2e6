--TEST--
A supervised actor whose thread died is built anew from its constructor's arguments, answers what waited, and is given up after too many restarts
--EXTENSIONS--
async_threads
--INI--
async_threads.actor_workers=1
--FILE--
<?php
use function Async\{await, await_all};
class Settings { public function __construct(public array $list) {} }
#[Async\Supervised(restarts: 2, within: 600)]
class A extends Async\Actor {
    private array $log = [];
    public function __construct(private Settings $settings, private string $name = 'default', string ...$more) { $this->log = $more; }
    public function add($x) { return $this->log[] = $x; }
    public function log() { return [$this->name, $this->settings->list, $this->log]; }
    public function die() { ini_set('memory_limit', '8M'); return strlen(str_repeat('x', 100_000_000)); }
}
class Plain extends Async\Actor { public function hi() { return 'hi'; } }
#[Async\Supervised(restarts: 0)] class NotAgain extends Plain {}
$a = new A(new Settings([1, 2]), more: 'named');
$plain = new Plain; $never = new NotAgain;
$settings = new Settings(['kept']);
$b = new A($settings, 'b', 'x', 'y');
$settings->list[] = 'changed later';
$a->add('lost');
// The last time it may be gone already.
$add = function ($x) use ($a) { try { return $a->addAsync($x); } catch (Async\ActorException $e) { return Async\Future::failed($e); } };
for ($i = 0; $i < 3; $i++) {
    [$results, $errors] = await_all([$a->dieAsync(), $add("after $i")]);
    try { $results['b'] = $b->add("b $i"); } catch (Async\ActorException $e) { $errors['b'] = $e; }
    ksort($results); ksort($errors);
    echo json_encode($results), ' ', json_encode(array_map(get_class(...), $errors)), "\n";
    foreach ([$a, $b] as $one) {
        try { echo json_encode($one->log()), "\n"; } catch (Async\ActorException $e) { echo get_class($e), "\n"; }
    }
}
foreach ([$plain, $never] as $one) { try { echo $one->hi(), "\n"; } catch (Async\ActorException $e) { echo preg_replace('/: Allowed.*/', '', $e->getMessage()), "\n"; } }
echo (new Plain)->hi(), "\n";
--EXPECT--
{"1":"after 0","b":"b 0"} ["Async\\ThreadFatalError"]
["default",[1,2],{"more":"named","0":"after 0"}]
["b",["kept"],["x","y","b 0"]]
{"1":"after 1","b":"b 1"} ["Async\\ThreadFatalError"]
["default",[1,2],{"more":"named","0":"after 1"}]
["b",["kept"],["x","y","b 1"]]
[] {"0":"Async\\ThreadFatalError","1":"Async\\ActorException","b":"Async\\ActorException"}
Async\ActorException
Async\ActorException
Plain#2 is not there any more: its thread died
NotAgain#3 is not there any more: its thread died
hi
