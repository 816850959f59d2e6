--TEST--
A case of an enum is the case
--FILE--
<?php
require __DIR__ . '/ways.inc';

enum Plain { case A; case B; const Alias = self::B; }
enum Backed: string { case X = 'x'; case Y = 'y'; public static function first(): self { return self::X; } }
enum Numbered: int { case One = 1; }

arrives('cases', fn () => [Plain::A, Plain::B, Plain::Alias, Backed::X, Backed::Y, Numbered::One, Plain::A]);
arrives('by itself', fn () => Backed::Y, fn ($case) => $case === Backed::Y && $case->value === 'y' ? null : 'another');
arrives('in objects and keys of maps', fn () => (object) ['e' => Plain::B, 'list' => [Plain::B, [Plain::B]]]);
var_dump((new Async\Thread(fn ($case) => match ($case) { Plain::A => 'is A', Plain::B => 'is B' }, Plain::B))->join());
var_dump((new Async\Thread(fn () => Backed::first()))->join() === Backed::X);
arrives('of the engine', fn () => PHP_VERSION_ID >= 80300 ? Random\IntervalBoundary::ClosedOpen : null);
--EXPECT--
cases: arrives
by itself: arrives
in objects and keys of maps: arrives
string(4) "is B"
bool(true)
of the engine: arrives
