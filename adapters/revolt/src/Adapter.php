<?php

declare(strict_types=1);

namespace Async\Revolt;

use Revolt\EventLoop;

/**
 * Lets the Revolt event loop (AMPHP, ReactPHP's adapter) deliver what async_threads has for this thread.
 */
final class Adapter
{
    private static ?string $watcher = null;

    private function __construct() {}

    /** Once for a thread; later calls do nothing. */
    public static function install(): void
    {
        self::$watcher ??= EventLoop::onReadable(\Async\completion_stream(), static fn () => \Async\dispatch());
    }

    /** The loop no longer looks after the thread's coroutines. */
    public static function uninstall(): void
    {
        if (self::$watcher !== null) {
            EventLoop::cancel(self::$watcher);
            self::$watcher = null;
        }
    }
}
