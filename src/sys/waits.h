/* What the patched functions and streams ask of the scheduler (src/runtime/hooks.rs). */
#ifndef ASYNC_THREADS_WAITS_H
#define ASYNC_THREADS_WAITS_H

#include "engine.h"
#include <poll.h>

/* Whether waiting in this extension lets anything else run. */
extern bool at_may_wait(void);

/* The code that runs is about to wait for `completion_stream()` in its own way. */
extern void at_other_loop_waits(void);

enum { WAIT_READY = 1, WAIT_TIMEOUT = 0, WAIT_FAILED = -1, WAIT_BAILOUT = -2 };
/* Waits for `polls`; microseconds < 0: no limit. `owners` are the streams they belong to, or NULL; one without a descriptor (-1) is in use meanwhile, that is all.
 * `reading`: to read from the first, which but one coroutine may do. FAILED: closed meanwhile, or an exception is in flight. */
extern int at_wait_for(struct pollfd *polls, size_t count, int64_t microseconds, void **owners, bool reading);
/* Sleeps; FAILED as above. */
extern int at_sleep_for(uint64_t nanoseconds);
/* Whether `stream` cannot be closed now, since others wait in it and cannot leave it; then it will be, as soon as it can. */
extern bool at_close_later(void *owner, zval *stream, const char *function);
/* A stream is about to be closed: others that wait in it leave it. */
extern int at_closing(void *owner);
/* Addresses of a host, as text with the port; 0: `error` says why there is none. */
extern int at_resolve(const char *host, uint16_t port, char (*addresses)[64], size_t room, int *error);

/* The stream that a value is; NULL for anything else, and when it is closed. */
static inline php_stream *stream_in(zval *value)
{
	ZVAL_DEREF(value);
	return Z_TYPE_P(value) == IS_RESOURCE ? zend_fetch_resource2(Z_RES_P(value), NULL, php_file_le_stream(), php_file_le_pstream()) : NULL;
}

static inline int checked(int result)
{
	if (UNEXPECTED(result == WAIT_BAILOUT)) {
		zend_bailout();
	}
	return result;
}

#endif
