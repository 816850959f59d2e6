--TEST--
Code that runs while a file is compiled has all functions it was compiled against, and may include files itself
--FILE--
<?php
use Async\Thread;

/** Serves files from memory. While it does, it calls what its own code was compiled against, and includes another file. */
class Memory {
    public static array $files = [];
    public static array $seen = [];
    public $context;
    private string $text;
    private int $at = 0;
    public function stream_open($path) {
        $name = basename($path);
        self::$seen[] = "$name: " . (function_exists('helper') ? (self::$files['closure'])(1) : 'no helper');
        if ($name === 'lib.php') {
            include 'memory://other.php';
            self::$seen[] = 'other() ' . (function_exists('other') ? other() : 'is missing');
        }
        $this->text = self::$files[$name];
        return true;
    }
    public function stream_read($count) {
        $part = substr($this->text, $this->at, $count);
        $this->at += strlen($part);
        return $part;
    }
    public function stream_eof() { return $this->at >= strlen($this->text); }
    public function stream_stat() { return []; }
    public function stream_set_option() { return false; }
}

$lib = '<?php
function helper(int $x) { return $x + 1; }
function hot() { return static fn (int $x) => helper(helper($x)); }
function also() { return "also"; }
class Own { public $n = 3; }
';
function load(string $lib) {
    stream_wrapper_register('memory', 'Memory') || exit('no wrapper');
    Memory::$files = ['lib.php' => $lib, 'other.php' => '<?php function other() { return helper(1) . also(); }', 'bad.php' => '<?php function fine() { return 1; } function ('];
}
$come = function () use ($lib) {
    load($lib);
    Memory::$files['other.php'] = '<?php function none() {}';
    include 'memory://lib.php';
    return [hot(), also(...), new Own];
};
$again = function (array $came, string $file = '') use ($lib) {
    load($file ?: $lib);
    Memory::$files['closure'] = $came[0];
    $before = $came[0](1) . $came[1]();
    include 'memory://lib.php';
    try { include 'memory://bad.php'; } catch (ParseError $e) { Memory::$seen[] = $e->getMessage(); }
    return [$before, $came[0](1), helper(1), also(), hot()(1), (new Own)->n, Memory::$seen, function_exists('fine')];
};
$came = (new Thread($come))->join();
for ($i = 0; $i < 2; $i++) {
    echo json_encode((new Thread(fn () => $again($came)))->join()), "\n";
}
// A file that has changed since, so that calls compiled against its functions cannot reach the new ones; and what is declared once is as any other function.
$changed = fn () => $again($came, '<?php function helper(int &...$x) {}');
$twice = function () use ($again, $came) { $again($came); eval('function also() {}'); };
foreach ([$changed, $twice] as $task) {
    try {
        (new Thread($task))->join();
    } catch (Async\ThreadFatalError $e) {
        echo preg_replace('/ function | \(previously.*/', ' ', $e->getMessage()), "\n";
    }
}
// In main, where no other code has declared anything.
echo json_encode($again($came)), "\n";
--EXPECT--
["3also",3,2,"also",3,3,["lib.php: 3","other.php: 3","other() 2also","bad.php: 3","Unclosed '('"],false]
["3also",3,2,"also",3,3,["lib.php: 3","other.php: 3","other() 2also","bad.php: 3","Unclosed '('"],false]
Cannot redeclare helper() 
Cannot redeclare also() 
["3also",3,2,"also",3,3,["lib.php: 3","other.php: 3","other() 2also","bad.php: 3","Unclosed '('"],false]
