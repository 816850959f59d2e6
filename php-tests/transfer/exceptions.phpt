--TEST--
Exceptions as values: everything they say, arguments in the trace that cannot cross as their types
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
require __DIR__ . '/ways.inc';

class Own extends DomainException { protected $extra = ['k' => 1]; public function extra() { return $this->extra; } }
class NotSent { public $stream; public function __construct() { $this->stream = fopen('php://memory', 'r'); } }

function fails(...$args) { throw new Own('outer', 12, new Error('middle', 3, new ErrorException('inner', 1, E_USER_WARNING, 'some.php', 99))); }
function caught(...$args) {
    try {
        fails(...$args);
    } catch (Own $e) {
        return $e;
    }
}
$e = caught(1, 'text', [1, 2], new stdClass);
arrives('all of it', fn () => $e, function ($there) use ($e) {
    $say = fn ($e) => [get_class($e), $e->getMessage(), $e->getCode(), $e->getFile(), $e->getLine(), $e->getTraceAsString()];
    for ($a = $e, $b = $there; $a; $a = $a->getPrevious(), $b = $b->getPrevious()) {
        if ($say($a) !== $say($b)) {
            return json_encode([$say($a), $say($b)]);
        }
    }
    return $there->extra() === ['k' => 1] && $there->getPrevious()->getPrevious()->getSeverity() === E_USER_WARNING ? null : 'details lost';
});
$object = new stdClass;
$generator = (function () { yield 1; })();
$e = caught(fopen('php://memory', 'r'), $object, new NotSent, [[new NotSent]], fn () => $generator, $object, last: $generator);
$there = (new Async\Thread(fn ($e, $o) => [$e, $o], $e, $object))->join();
foreach ($there[0]->getTrace()[0]['args'] as $name => $arg) {
    echo $name, ' => ', is_string($arg) ? $arg : get_debug_type($arg), $arg === $there[1] ? ', the same' : '', "\n";
}
echo preg_replace('~/\S*/~', '', $there[0]->getTraceAsString()), "\n";

// A trace inside an argument of a trace.
$e = caught(caught($generator, 'inner'), new NotSent);
$there = (new Async\Thread(fn ($e) => $e, $e))->join();
echo json_encode([$there->getTrace()[0]['args'][0]->getTrace()[0]['args'], $there->getTrace()[0]['args'][1]]), "\n";

$e = new Own('with a stream');
$e->stream = fopen('php://memory', 'r');
refused('a property that cannot cross', [$e]);
--EXPECTF--
all of it: arrives
0 => resource
1 => stdClass, the same
2 => NotSent
3 => array
4 => Closure
5 => stdClass, the same
last => Generator
#0 exceptions.php(%d): fails('resource', Object(stdClass), 'NotSent', 'array', 'Closure', Object(stdClass), last: 'Generator')
#1 exceptions.php(%d): caught('resource', Object(stdClass), 'NotSent', 'array', 'Closure', Object(stdClass), last: 'Generator')
#2 {main}
[["Generator","inner"],"NotSent"]
%a
a property that cannot cross
  Async\ThreadTransferException: Cannot transfer $args[0][0]->stream: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $args['given'][0]->stream: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $value[0]->stream: a resource (stream) is not transferable
  Async\ThreadTransferException: Cannot transfer $this->held[0]->stream: a resource (stream) is not transferable
