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

    /** Thrown by an `await` whose cancellation token completed first; the token's error is the previous exception. */
    class OperationCanceledException extends AsyncCancellation {}

    /** The error of `timeout()`. */
    class TimeoutException extends \Exception {}

    /** Everything waits, and nothing is left that could end any wait. Thrown into main code. */
    class DeadlockError extends \Error {}

    /**
     * PHP code that can stand still while other code of its thread goes on. Made by `spawn()`.
     *
     * An error that nobody asks for is reported like an uncaught exception, as a warning.
     */
    final class Coroutine implements Completable
    {
        private function __construct() {}

        /** A number no other coroutine of this thread's request has or had. */
        public function getId(): int {}

        /** What it returned; null until then, and when it ended otherwise. Never waits. */
        public function getResult(): mixed {}

        /** What it threw; null until then, and when it returned. Never waits. */
        public function getException(): ?\Throwable {}

        /** True from its first line on. */
        public function isStarted(): bool {}

        /** True while it is to run as soon as the others let it. */
        public function isQueued(): bool {}

        /** True for the one that runs right now. */
        public function isRunning(): bool {}

        /** True while it waits for something. */
        public function isSuspended(): bool {}

        public function isCompleted(): bool {}

        public function isCancelled(): bool {}

        /** True once somebody has called `cancel()`, whether or not it has obeyed yet. */
        public function isCancellationRequested(): bool {}

        /** Throws `$cancellation` into the coroutine where it waits; one that has not started never will. */
        public function cancel(?AsyncCancellation $cancellation = null): void {}

        /** Calls `$callback()` once it has ended, however it ended; at once if it has. */
        public function finally(\Closure $callback): void {}

        /** Where it stands while suspended, in the form of `debug_backtrace()`; empty when it does not. */
        public function getTrace(): array {}

        /** `[file, line]` of its `spawn()`. */
        public function getSpawnFileAndLine(): array {}

        /** The same as `file:line`. */
        public function getSpawnLocation(): string {}

        /** `[file, line]` of where it waited last; `['', 0]` when it never has. */
        public function getSuspendFileAndLine(): array {}

        /** The same as `file:line`; empty when it never has. */
        public function getSuspendLocation(): string {}
    }

    /**
     * An object that says itself how it crosses into another thread.
     *
     * In the sender `transfer()` gives a state, which crosses like any value and in the same graph: what it shares with the rest stays
     * shared, but it may not hold the object itself. In the receiver `restore()` makes an object of it, when all that crosses with it is
     * there, what is in its state restored first. Where an object is still to be restored there is null meanwhile, a typed property is
     * not initialised, and a closure is bound to an object that was never constructed; what `restore()` puts there is overwritten, and if it
     * writes to an array with such a place, it gets a copy that keeps the null. The object stands in as many places as it did; each transfer asks once. An exception from `transfer()` is a veto: nothing is sent, and it reaches the sender.
     *
     *     final class Connection implements Async\Transferable {
     *         public function __construct(private string $dsn) { … }
     *         public function transfer(): mixed { return $this->dsn; }
     *         public static function restore(mixed $state): static { return new static($state); }
     *     }
     */
    interface Transferable
    {
        /** What the receiver makes an equal object of. */
        public function transfer(): mixed;

        /** An object like the one that gave `$state`. */
        public static function restore(mixed $state): static;
    }

    /** The side of a future that resolves it, once. Handed to another thread, it resolves the future from there. */
    final class FutureState
    {
        public function __construct() {}

        /**
         * The future gets `$result`.
         *
         * @throws AsyncException when it is resolved already, or has been handed to another thread.
         */
        public function complete(mixed $result): void {}

        /** The future fails with `$error`. Throws as `complete()` does. */
        public function error(\Throwable $error): void {}

        public function isCompleted(): bool {}
    }

    /**
     * A value that will be there later. That of a task of a pool or of a message to an actor crosses into other threads; one that its own
     * thread resolves does not, its `FutureState` does.
     */
    final class Future implements Completable
    {
        public function __construct(FutureState $state) {}

        /** A future with a value. */
        public static function completed(mixed $value = null): Future {}

        /** A future with an error. */
        public static function failed(\Throwable $error): Future {}

        /** The same as `await($this, $cancellation)`. */
        public function await(?Completable $cancellation = null): mixed {}

        /** A future with `$map($value)`; errors pass through. */
        public function map(\Closure $map): Future {}

        /** A future with `$catch($error)` in place of an error; values pass through. */
        public function catch(\Closure $catch): Future {}

        /** A future with the same outcome, after `$finally()` has run. */
        public function finally(\Closure $finally): Future {}

        /** Its error, if any, is not to be reported when nobody asks for it. */
        public function ignore(): Future {}

        public function cancel(?AsyncCancellation $cancellation = null): void {}

        public function isCompleted(): bool {}

        public function isCancelled(): bool {}
    }

    /** A cancellation token that completes, with a TimeoutException, when its time has come. Made by `timeout()`. */
    final class Timeout implements Completable
    {
        private function __construct() {}

        /** Stops the clock. */
        public function cancel(?AsyncCancellation $cancellation = null): void {}

        public function isCompleted(): bool {}

        public function isCancelled(): bool {}
    }

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

    /** A pool cannot take a task: it is closed, or its bootloader failed. */
    class ThreadPoolException extends AsyncException {}

    /**
     * Threads that wait for work: a function call that runs on another core.
     *
     * ```php
     * $pool = new Async\ThreadPool();
     * $image = $pool->enqueue(fn (Picture $p) => render($p), $picture);
     * ```
     *
     * Tasks run in the order they were queued in, each in one of the workers, which keep what a task leaves in globals, static properties and static
     * variables. An exception arrives as itself, with the trace it had in the worker. A task that calls `exit` or dies of a fatal error fails alone: its
     * worker starts afresh. (Tasks share a fatal error's fate only when they share a worker at that moment: with `$coroutine`, and tasks that wait for the
     * one that died.) A task may submit to its own pool and wait, to any depth: its worker runs queued parts of the same work meanwhile.
     *
     * A cancelled task that has not stopped after 5 seconds is inside one long call of a C function: its future is rejected then, and another thread takes
     * the worker's place; at most as many at a time as the pool has workers. A failure that nobody awaits is reported as `async_threads.unobserved` says.
     * A handle may be sent to other threads; the pool closes when the last one is gone, or when the script that created it ends.
     */
    final class ThreadPool implements \Countable
    {
        /**
         * @param int $workers Threads; 0 for `available_parallelism()`.
         * @param int $queueSize Tasks that may wait for a worker; more make the submitting coroutine wait. 0 for four for each worker.
         * @param \Closure|null $bootloader Runs first in each worker, and again whenever one starts afresh; the names it declares win over inherited ones.
         * @param bool $coroutine Whether a worker runs several tasks at once, each in a coroutine, while others wait.
         * @param int $concurrency How many; 0 for 64. Only with `$coroutine`.
         * @param int $maxTasks A worker starts afresh after this many tasks; 0 for never. It also does after some thousand different closures (not: calls
         *     of the same one), whose code it would hold otherwise.
         * @throws \ValueError for a number below 0.
         * @throws ThreadTransferException when the bootloader cannot cross.
         */
        public function __construct(int $workers = 0, int $queueSize = 0, ?\Closure $bootloader = null, bool $coroutine = false, int $concurrency = 0, int $maxTasks = 0) {}

        /**
         * Calls `$task` in a worker, and waits for its result: the same as `$pool->submit(…)->await()`.
         */
        public function enqueue(callable $task, mixed ...$args): mixed {}

        /**
         * Queues a call; waits only while the queue is full. Cancelling the future cancels the task, and so does an `await` of it whose token
         * completes first.
         *
         * @throws ThreadPoolException when the pool is closed.
         * @throws ThreadTransferException when the callable or an argument cannot cross.
         */
        public function submit(callable $task, mixed ...$args): Future {}

        /**
         * Calls `$task($item)` for all items, in parallel.
         *
         * @param \Traversable|array $items Read no further than workers are there for it.
         * @param int $chunk Items for one task; 0 to choose by how long they take.
         * @param \Closure|null $progress Called as `$progress($done)` whenever more items are done.
         * @return array The results under the keys of `$items`, in their order. The first error ends it: no further items are begun.
         */
        public function map(\Traversable|array $items, callable $task, int $chunk = 0, ?\Closure $progress = null): array {}

        /** Refuses new tasks; what is queued and what runs finishes, with the tasks it submits itself. */
        public function close(): void {}

        /** Refuses new tasks; what is queued is cancelled, what runs is interrupted. */
        public function cancel(): void {}

        /** Workers start afresh one by one, each between two tasks; nothing is refused meanwhile. */
        public function reload(): void {}

        public function isClosed(): bool {}

        /** Tasks that wait for a worker. */
        public function getPendingCount(): int {}

        /** Tasks that run now. */
        public function getRunningCount(): int {}

        /** Tasks that have ended, however they did. */
        public function getCompletedCount(): int {}

        /** Workers that live. */
        public function getWorkerCount(): int {}

        /** The same as `getPendingCount() + getRunningCount()`. */
        public function count(): int {}

        /**
         * `workers`: for each its `tasks`, `busy` (seconds), `memory`, `peak` (bytes), `restarts`; `wait` and `run`: percentiles `p50 p90 p99` (seconds)
         * of the last 1024 tasks of each worker.
         */
        public function stats(): array {}
    }

    /** A message cannot be handled: the actor has gone, or its thread has died. */
    class ActorException extends AsyncException {}

    /**
     * An object with a life of its own: a class that extends this is ordinary PHP, but its objects live in threads. `new` gives a handle; public methods are
     * messages, handled one at a time in the order each sender sent them; only the calling coroutine waits for the answer. `$actor->methodAsync(…)` gives a
     * Future at once instead. Arguments and results cross by copy. Properties are private to the actor.
     *
     * ```php
     * class ChatRoom extends Async\Actor {
     *     private array $messages = [];
     *     public function __construct(private string $name) {}
     *     public function post(string $user, string $text): void { $this->messages[] = [$user, $text]; }
     *     public function messages(): array { return $this->messages; }
     * }
     * $room = new ChatRoom('general');
     * $room->post('Alice', 'Hello!');
     * $future = $room->messagesAsync();
     * ```
     *
     * Handles may be copied, stored and sent to any thread or actor. The actor ends, its destructor run in its own thread, when the last handle is gone and its
     * mailbox is empty, and at the latest when the script's shutdown functions and destructors have run: actors that hold one another go then. An exception goes
     * to the caller and leaves the actor alive. A chain of calls that comes back to an actor that waits throws DeadlockError. Parameters by reference are refused.
     */
    abstract class Actor
    {
        public function __construct() {}
    }

    /** Bounds an actor's mailbox: whoever sends to a full one waits. */
    #[\Attribute(\Attribute::TARGET_CLASS)]
    final class Mailbox
    {
        /** @param int $capacity Messages that may wait; at least 1. */
        public function __construct(int $capacity) {}
    }

    /** An actor whose thread died is built anew from its constructor's arguments; without this its handles answer ActorException. */
    #[\Attribute(\Attribute::TARGET_CLASS)]
    final class Supervised
    {
        /**
         * @param int $restarts How often,
         * @param int $within within so many seconds.
         */
        public function __construct(int $restarts = 3, int $within = 60) {}
    }

    /**
     * Ends an actor: the message it handles is its last, those that wait fail with ActorException.
     */
    function actor_stop(Actor $actor): void {}

    /** `id`, `mailbox` (messages that wait), `handled`, `worker`, `alive`. */
    function actor_stats(Actor $actor): array {}

    /**
     * Makes a coroutine that calls `$task` with `$args`. It starts when the calling code waits for something, or ends.
     *
     *     $a = spawn(fetch(...), 'https://a.example');
     *     $b = spawn(fetch(...), 'https://b.example');
     *     [$results, $errors] = await_all([$a, $b]);
     *
     * In a coroutine `sleep`, `usleep`, `time_nanosleep`, `stream_select` and the functions of socket, TLS and pipe streams suspend only that coroutine
     * (`async_threads.hooks=0` in php.ini turns that off). `exit` in a coroutine ends the script, as anywhere. An error that nobody awaits is reported like
     * an uncaught exception. Coroutines that are left when the script ends go on to their end, before shutdown functions are called.
     *
     * All threads together may have 30,000 coroutines suspended at a time, for each has a stack, which takes two of the 65,530 mappings that Linux gives
     * a process; one more ends with an AsyncException, and the others go on. While an error handler is suspended, warnings of other coroutines are reported
     * without it.
     */
    function spawn(callable $task, mixed ...$args): Coroutine {}

    /**
     * Waits for `$awaitable` and gives its result, or throws its error. Other coroutines of this thread go on meanwhile.
     *
     * @param Completable|null $cancellation When this completes first, waiting ends with OperationCanceledException; the awaited work goes on.
     */
    function await(Completable $awaitable, ?Completable $cancellation = null): mixed {}

    /**
     * Waits for all.
     *
     * @param \Traversable|array $awaitables Of Completable.
     * @return array `[results, errors]`, each under the keys of `$awaitables`.
     */
    function await_all(\Traversable|array $awaitables, ?Completable $cancellation = null): array {}

    /** Waits for all; gives the results under their keys, or throws the first error, as soon as there is one. */
    function await_all_or_fail(\Traversable|array $awaitables, ?Completable $cancellation = null): array {}

    /** Waits for the first that ends; gives its result or throws its error. Of several that have ended already it takes the first in `$awaitables`. */
    function await_any_or_fail(\Traversable|array $awaitables, ?Completable $cancellation = null): mixed {}

    /**
     * Waits for the first that succeeds; of several that have already, it takes the first in `$awaitables`.
     *
     * @return array `[result, errors]`: null and all errors when none did.
     */
    function await_first_success(\Traversable|array $awaitables, ?Completable $cancellation = null): array {}

    /** Lets the other coroutines run once. */
    function suspend(): void {}

    /**
     * Waits.
     *
     * @param int $ms Milliseconds.
     */
    function delay(int $ms): void {}

    /**
     * A token that completes after `$ms` milliseconds.
     *
     *     try {
     *         $page = await($download, timeout(200));
     *     } catch (Async\OperationCanceledException) {
     *         // 200 ms are over; a TimeoutException is the previous one
     *     }
     */
    function timeout(int $ms): Completable {}

    /** Calls `$critical`; a cancellation of the running coroutine is held back until it returns. Gives what it returned. */
    function protect(\Closure $critical): mixed {}

    /** The running coroutine; main code is one too. */
    function current_coroutine(): Coroutine {}

    /** All coroutines that have not ended, by id; main code apart. */
    function get_coroutines(): array {}

    /**
     * Runs `$task` in a thread of its own.
     *
     * @param bool $inherit Whether the thread sees the classes, functions, constants and autoloaders of its creator; without, only what the task's code calls by name.
     *     Working directory, time zone (`date_default_timezone_set()`) and settings changed at run time (`ini_set()`) are the creator's either way.
     * @param \Closure|null $bootloader Runs first in the thread; the names it declares win over inherited ones.
     */
    function spawn_thread(\Closure $task, bool $inherit = true, ?\Closure $bootloader = null): Thread {}

    /**
     * For event loops that are not of this extension: a stream that is readable while this thread has something to deliver to its coroutines.
     * Call `dispatch()` then; reading from it or closing it does nothing useful.
     *
     * @return resource
     */
    function completion_stream() {}

    /** Delivers what has come, and lets the coroutines that are ready run until they wait again. Gives how many were let go on. */
    function dispatch(): int {}

    /** How many threads can really run at once: CPUs by affinity, limited by the cgroup's quota. At least 1. */
    function available_parallelism(): int {}

}
