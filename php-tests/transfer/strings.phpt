--TEST--
Strings of every length and content
--FILE--
<?php
require __DIR__ . '/ways.inc';

arrives('short ones', fn () => array_map(fn ($n) => str_repeat('x', $n), range(0, 130)));
arrives('around the size of a run', fn () => array_map(fn ($n) => str_repeat('abcdefg', 300) . str_repeat('y', $n), range(0, 80)));
arrives('every byte', fn () => [...array_map('chr', range(0, 255)), implode('', array_map('chr', range(0, 255)))]);
arrives('four-byte characters', fn () => ['😀', "\u{10FFFF}", "e\u{301}", "\xff\xfe\0\0"]);
arrives('large ones', fn () => [str_repeat('0123456789', 200_000), random_bytes(3_000_001), str_repeat("\0", 1 << 20)]);
arrives('just below and above a megabyte', fn () => array_map(fn ($n) => str_repeat('z', (1 << 20) + $n), [-25, -24, -17, -16, -8, -1, 0, 1]));
arrives('as keys', fn () => array_flip(['', 'a', 'ab', str_repeat('k', 5000), "\0nul", '-0', '01', '9223372036854775808', 'key']));
arrives('as numbers that become keys', fn () => ['7' => 'int', '-7' => 'int', '07' => 'string', '1.5' => 'string']);
--EXPECT--
short ones: arrives
around the size of a run: arrives
every byte: arrives
four-byte characters: arrives
large ones: arrives
just below and above a megabyte: arrives
as keys: arrives
as numbers that become keys: arrives
