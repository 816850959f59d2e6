--TEST--
A serialiser that changes the array it stands in, while that is being read, changes the sender's array and not what is sent
--EXTENSIONS--
async_threads
--FILE--
<?php
class Meddler extends ArrayObject
{
    public ?string $then = null;

    public function __serialize(): array
    {
        if ($this->then !== null) {
            ($this->then)();
        }
        return parent::__serialize();
    }
}

class Box { public $list = []; public $more = []; }

function meddle(): void
{
    global $box;
    // The array grows and moves, goes altogether, and what is made next lies where it was.
    for ($i = 0; $i < 1000; $i++) {
        $box->list["k$i"] = str_repeat('y', 10);
    }
    $box->list = ['gone'];
    for ($i = 0; $i < 100; $i++) {
        $box->more[] = str_repeat('q', 20 + $i);
    }
}

function meddler(): Meddler
{
    $meddler = new Meddler;
    $meddler->then = 'meddle';
    return $meddler;
}

$task = static function ($box) {
    $list = $box->list;
    $first = array_key_first($list);
    $list[$first] = $list[$first]::class;
    return $list;
};

$cases = [
    'list' => fn () => [meddler(), [1, 2, 3], str_repeat('z', 40)],
    'map' => fn () => ['a' => meddler(), 'b' => [1, 2, 3], 'c' => str_repeat('z', 40)],
    'list in a list' => fn () => [meddler(), [[str_repeat('z', 4)], [str_repeat('z', 5)]]],
];
foreach ($cases as $name => $make) {
    $box = new Box;
    $box->list = $make();
    $got = (new Async\Thread($task, $box))->join();
    echo $name, ': ', json_encode($got), ' here: ', json_encode($box->list), "\n";
}

// The same by way of a reference that nothing else shares any more.
$box = new Box;
$list = &$box->list;
unset($list);
$box->list = [meddler(), str_repeat('z', 40), [1]];
echo 'in a reference: ', json_encode((new Async\Thread($task, $box))->join()), "\n";

// An array among the arguments of the very call.
$box = new Box;
$box->list = [meddler(), str_repeat('z', 40), [1]];
$of_list = static fn (array $list) => array_slice($list, 1);
echo 'an argument: ', json_encode((new Async\Thread($of_list, $box->list))->join()), "\n";
?>
--EXPECT--
list: ["Meddler",[1,2,3],"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"] here: ["gone"]
map: {"a":"Meddler","b":[1,2,3],"c":"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"} here: ["gone"]
list in a list: ["Meddler",[["zzzz"],["zzzzz"]]] here: ["gone"]
in a reference: ["Meddler","zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",[1]]
an argument: ["zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",[1]]
