<?php

/**
 * The PHP API of async_threads.
 *
 * This file is the contract. The build reads it for names, signatures, parents and interfaces, so what stands here is what PHP
 * sees; `cargo xtask stubs` checks the loaded extension against it by reflection. IDEs and static analysers may read it as it is.
 */

namespace {

    /** Thrown into code that is to stop. An Error on purpose: `catch (\Exception)` does not swallow it. */
    class Cancellation extends \Error {}

}

namespace Async {

    /** Something that can be waited for. */
    interface Awaitable {}

    /** An awaitable that ends exactly once, with a value or with an error, and can be asked to end early. */
    interface Completable extends Awaitable
    {
        /**
         * Asks the work behind this object to stop. Returns at once; work that has ended already is left as it is.
         *
         * @param AsyncCancellation|null $cancellation What to throw into the work, and to whoever awaits it; made here when null.
         */
        public function cancel(?AsyncCancellation $cancellation = null): void;

        /** True once there is a value or an error; a cancelled one is completed too. */
        public function isCompleted(): bool;

        /** True when it ended because it was cancelled. */
        public function isCancelled(): bool;
    }

    /** Base of what this extension throws. */
    class AsyncException extends \Exception {}

    /**
     * A thread's closure ended with an exception. Message and code are those of the original; `getPrevious()` is the original too, so
     * a logger shows both traces.
     */
    class RemoteException extends AsyncException
    {
        /** The exception the thread threw, with the file, line and trace it had there; null when it could not cross. */
        public function getRemoteException(): ?\Throwable {}

        /** Class name of the exception the thread threw, also when the exception itself could not cross. */
        public function getRemoteClass(): string {}

        /** The trace in the thread, as text in the form of `Throwable::getTraceAsString()`. */
        public function getRemoteTraceAsString(): string {}
    }

    /** A value cannot cross. The message names the path to it and the reason, e.g. `Cannot transfer $job->conn: …`. */
    class ThreadTransferException extends AsyncException {}

    /** A thread ended with `exit` or `die`. */
    class ThreadExitException extends AsyncException
    {
        /** The exit status; 0 for `exit` with a string, as in a process. The code of the exception is the same number. */
        public function getStatus(): int {}
    }

    /** A thread ended with a fatal error: out of memory, time limit, … Message, file and line are those PHP reported. */
    class ThreadFatalError extends AsyncException {}

    /** Thrown into cancelled code, and to whoever awaits it. */
    class AsyncCancellation extends \Cancellation {}

    /**
     * A closure that runs in a thread of its own, with a PHP heap of its own.
     *
     * What the closure binds (`use`, `$this`), its arguments and its result cross by deep copy. The thread sees the classes, functions and
     * constants its creator had; globals, static properties and static variables start fresh.
     *
     * ```php
     * $thread = new Async\Thread(fn (string $path) => hash_file('sha256', $path), '/var/log/syslog');
     * $hash = $thread->join();
     * ```
     */
    final class Thread implements Completable
    {
        /**
         * Starts the thread at once.
         *
         * @param \Closure $task What runs in the thread.
         * @param mixed ...$args Its arguments; named ones reach the parameters of these names.
         * @throws ThreadTransferException when the closure or an argument cannot cross; no thread is started then.
         * @throws AsyncException when the system refuses another thread.
         */
        public function __construct(\Closure $task, mixed ...$args) {}

        /**
         * Waits for the end of the thread; the same as `await($this)`.
         *
         * @throws RemoteException the closure threw.
         * @throws ThreadExitException it called `exit`.
         * @throws ThreadFatalError it died of a fatal error.
         * @throws ThreadTransferException its result could not cross.
         * @throws AsyncCancellation it was cancelled.
         */
        public function join(): mixed {}

        /** True from the start until there is a result or an error. */
        public function isRunning(): bool {}

        public function isCompleted(): bool {}

        public function isCancelled(): bool {}

        /** A number no other thread of this process has or had. */
        public function getId(): int {}

        /** What the closure returned; null until then, and when it ended otherwise. Never waits. */
        public function getResult(): mixed {}

        /** What `join()` would throw; null until then, and when it returned a value. Never waits. */
        public function getException(): ?\Throwable {}

        /**
         * Stops the thread: running, looping and sleeping PHP code gets `$cancellation` thrown, its `finally` blocks run. Code that
         * catches it and goes on is stopped harder after a grace time.
         */
        public function cancel(?AsyncCancellation $cancellation = null): void {}

        /**
         * Calls `$callback($this)` once the thread has ended, however it ended; at once if it has. It runs in the calling thread, when that
         * waits for this thread or for the end of the script.
         */
        public function finally(\Closure $callback): void {}
    }

    /**
     * Waits for `$awaitable` and gives its result, or throws its error.
     *
     * @param Completable|null $cancellation When this completes first, waiting ends with AsyncCancellation and the awaited work is left alone.
     */
    function await(Completable $awaitable, ?Completable $cancellation = null): mixed {}

    /**
     * Runs `$task` in a thread of its own.
     *
     * @param bool $inherit Whether the thread sees the classes, functions and constants of its creator.
     * @param \Closure|null $bootloader Runs first in the thread; the names it declares win over inherited ones.
     */
    function spawn_thread(\Closure $task, bool $inherit = true, ?\Closure $bootloader = null): Thread {}

    /** How many threads can really run at once: CPUs by affinity, limited by the cgroup's quota. At least 1. */
    function available_parallelism(): int {}

}
