<?php
// Many PNGs drawn with GD: in one thread, then in threads on all cores. The job is a readonly object that crosses by copy.

use Async\Thread;
use function Async\available_parallelism;

if (!extension_loaded('gd')) {
    exit("This example needs the gd extension.\n");
}

final readonly class Chart
{
    public function __construct(public string $title, public int $width, public int $height, public int $seed) {}
}

function draw(Chart $chart): string
{
    mt_srand($chart->seed);
    $image = imagecreatetruecolor($chart->width, $chart->height);
    imageantialias($image, true);
    imagefill($image, 0, 0, imagecolorallocate($image, 250, 250, 245));
    for ($series = 0; $series < 12; $series++) {
        $color = imagecolorallocate($image, mt_rand(0, 200), mt_rand(0, 200), mt_rand(0, 200));
        [$x, $y] = [0, intdiv($chart->height, 2)];
        while ($x < $chart->width) {
            $next = max(0, min($chart->height, $y + mt_rand(-30, 30)));
            imageline($image, $x, $y, $x += 4, $next, $color);
            $y = $next;
        }
    }
    imagefilter($image, IMG_FILTER_GAUSSIAN_BLUR);
    imagestring($image, 5, 10, 10, $chart->title, 0);
    ob_start();
    imagepng($image, null, 6);
    return ob_get_clean();
}

/** @param list<Chart> $charts */
function drawAll(array $charts): array
{
    return array_map(fn (Chart $chart) => strlen(draw($chart)), $charts);
}

$charts = [];
for ($i = 0; $i < 32; $i++) {
    $charts[] = new Chart("Room $i", 640, 480, $i);
}

$cores = available_parallelism();
// A few threads for each core, so that the end is not one core's wait for another.
$parts = array_chunk($charts, (int) ceil(count($charts) / $cores / 4));
$inline = $parallel = [];
// By turns, three times, for the medians: other programs use the cores, too.
for ($turn = 0; $turn < 3; $turn++) {
    $start = hrtime(true);
    $alone = drawAll($charts);
    $inline[] = (hrtime(true) - $start) / 1e6;

    $start = hrtime(true);
    $threads = array_map(fn (array $part) => new Thread(fn () => drawAll($part)), $parts);
    $together = array_merge(...array_map(fn (Thread $thread) => $thread->join(), $threads));
    $parallel[] = (hrtime(true) - $start) / 1e6;

    if ($together !== $alone) {
        exit("The images differ!\n");
    }
}
sort($inline);
sort($parallel);
printf("%d images, one thread: %.0f ms; %d threads on %d cores: %.0f ms; %.2f times as fast\n",
    count($charts), $inline[1], count($threads), $cores, $parallel[1], $inline[1] / $parallel[1]);
