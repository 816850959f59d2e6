<?php
// A folder of photographs, made smaller in a pool: one line of progress, and each picture is read, scaled and written by whichever worker is free.

use Async\ThreadPool;

if (!extension_loaded('gd')) {
    exit("This example needs the gd extension.\n");
}

final readonly class Thumbnail
{
    public function __construct(public string $file, public int $from, public int $to) {}
}

/** Draws something that looks like a landscape. */
function photograph(string $file, int $seed): void
{
    mt_srand($seed);
    $image = imagecreatetruecolor(1200, 900);
    for ($y = 0; $y < 900; $y += 4) {
        $color = imagecolorallocate($image, 90 + intdiv($y, 9), 140 + intdiv($y, 12), 230 - intdiv($y, 10));
        imagefilledrectangle($image, 0, $y, 1200, $y + 3, $color);
    }
    for ($hill = 0; $hill < 6; $hill++) {
        $color = imagecolorallocate($image, mt_rand(20, 80), 160 - 20 * $hill, mt_rand(20, 80));
        imagefilledellipse($image, mt_rand(0, 1200), 950, mt_rand(600, 1400), mt_rand(300, 900), $color);
    }
    imagejpeg($image, $file, 85);
}

/** The same picture, at most `$size` wide or high, beside the original. */
function shrink(string $file, int $size): Thumbnail
{
    $image = imagecreatefromjpeg($file);
    [$width, $height] = [imagesx($image), imagesy($image)];
    $factor = $size / max($width, $height);
    $small = imagecreatetruecolor((int) ($width * $factor), (int) ($height * $factor));
    imagecopyresampled($small, $image, 0, 0, 0, 0, imagesx($small), imagesy($small), $width, $height);
    $target = substr($file, 0, -4) . '.small.jpg';
    imagejpeg($small, $target, 80);
    return new Thumbnail(basename($target), filesize($file), filesize($target));
}

$folder = sys_get_temp_dir() . '/thumbnails-' . getmypid();
mkdir($folder);
register_shutdown_function(function () use ($folder) {
    array_map(unlink(...), glob("$folder/*"));
    rmdir($folder);
});

$pool = new ThreadPool();
$names = array_map(fn (int $n) => sprintf('%s/photo-%02d.jpg', $folder, $n), range(1, 48));
$pool->map(array_combine(range(1, 48), $names), fn (string $name) => photograph($name, crc32($name)));

$start = hrtime(true);
$alone = array_map(fn (string $name) => shrink($name, 160), $names);
$inline = (hrtime(true) - $start) / 1e6;

$terminal = stream_isatty(STDOUT);
$start = hrtime(true);
$small = $pool->map($names, fn (string $name) => shrink($name, 160), progress: function (int $done) use ($names, $terminal) {
    $bar = str_pad(str_repeat('#', intdiv(40 * $done, count($names))), 40, '.');
    if ($terminal || $done === count($names)) {
        printf("%s[%s] %d/%d%s", $terminal ? "\r" : '', $bar, $done, count($names), $done === count($names) ? "\n" : '');
    }
});
$pooled = (hrtime(true) - $start) / 1e6;

if ($small != $alone) {
    exit("The thumbnails differ!\n");
}
printf("%d photographs, %d KB, became thumbnails of %d KB\n", count($small),
    array_sum(array_column($small, 'from')) >> 10, array_sum(array_column($small, 'to')) >> 10);
printf("one thread: %.0f ms; a pool of %d: %.0f ms; %.2f times as fast\n", $inline, $pool->getWorkerCount(), $pooled, $inline / $pooled);
