/* Sleeps and streams that suspend only their coroutine: the engine's functions and tables of stream operations, patched in place. */
#ifndef ASYNC_THREADS_STREAM_SHIM_H
#define ASYNC_THREADS_STREAM_SHIM_H

/* MINIT: functions. */
void at_hook_functions(void);

/* The first request's start, when there is one thread and streams can be made: tables. */
void at_hook_streams(void);

/* A stream for a descriptor it takes over. */
void at_stream_of(int fd, zval *stream);

/* Whether a stream was made by that. */
bool at_is_completion_stream(const php_stream *stream);

#endif
