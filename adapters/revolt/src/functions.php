<?php

declare(strict_types=1);

namespace Async\Revolt;

use Async\Completable;
use Revolt\EventLoop;

/**
 * Waits for `$awaitable` in a Fiber of the Revolt event loop: the loop and its other fibers go on meanwhile.
 */
function await(Completable $awaitable): mixed
{
    Adapter::install();
    $suspension = EventLoop::getSuspension();
    \Async\spawn(static function () use ($awaitable, $suspension): void {
        try {
            $value = \Async\await($awaitable);
        } catch (\Throwable $error) {
            $suspension->throw($error);
            return;
        }
        $suspension->resume($value);
    });
    return $suspension->suspend();
}
