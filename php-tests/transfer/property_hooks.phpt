--TEST--
Hooked properties: what is behind them crosses, no hook runs
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip property hooks came with PHP 8.4'); ?>
--FILE--
<?php
require __DIR__ . '/ways.inc';

class Hooked
{
    public string $backed = 'stored' {
        get { echo "get\n"; return strtoupper($this->backed); }
        set { echo "set\n"; $this->backed = $value; }
    }
    public string $virtual { get => "virtual of {$this->plain}"; }
    public private(set) int $asymmetric = 3;
    public $plain = 'plain';
    public function raise() { $this->asymmetric++; return $this->asymmetric; }
}
class HookedChild extends Hooked
{
    public $plain = 'child' { get => 'hooked ' . $this->plain; }
}

foreach ([new Hooked, new HookedChild] as $object) {
    $arrived = (new Async\Thread(fn ($o) => $o, $object))->join();
    echo "arrived\n";
    var_dump((array) $arrived === (array) $object, $arrived->backed, $arrived->virtual, $arrived->raise());
    try {
        $arrived->asymmetric = 5;
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
--EXPECT--
arrived
get
bool(true)
string(6) "STORED"
string(16) "virtual of plain"
int(4)
Cannot modify private(set) property Hooked::$asymmetric from global scope
arrived
get
bool(true)
string(6) "STORED"
string(23) "virtual of hooked child"
int(4)
Cannot modify private(set) property Hooked::$asymmetric from global scope
