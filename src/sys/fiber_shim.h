/* Coroutine contexts: an engine fiber context with a VM stack of its own. In a thread attached to PHP, inside a request. */
#ifndef ASYNC_THREADS_FIBER_SHIM_H
#define ASYNC_THREADS_FIBER_SHIM_H

typedef struct at_context {
	zend_fiber_context context;
	/* All contexts of the thread. */
	struct at_context *previous, *next;
	/* Its first VM page, to be freed with it. NULL before its first switch, and after a bailout. */
	zend_vm_stack vm_stack;
	/* Bottom frame: where uncaught exceptions stop. */
	zend_execute_data *bottom;
} at_context;

/* A new suspended context that will run at_context_run(); NULL with an exception in flight when there is no memory for it. */
at_context *at_context_new(void);

/* Frees a context that is suspended, or was never entered. What its frames own is not released. */
void at_context_free(at_context *context);

/* Frees every context of the thread as it stands, VM pages excepted: after a bailout, or when code would not end. */
void at_context_free_all(void);

/* Suspends the current context and goes on in `to`; returns when somebody switches back. */
void at_context_switch(zend_fiber_context *to);

/* What the engine keeps once for a thread and each coroutine needs for itself: output buffers, the last error. */
typedef struct {
	zend_stack buffers;
	php_output_handler *active;
	php_output_handler *running;
	zend_string *error_message;
	zend_string *error_file;
	int error_type;
	int error_line;
	bool has_buffers;
#if PHP_VERSION_ID >= 80400
	/* What http_get_last_response_headers() gives; undefined for nothing. */
	zval http_headers;
#endif
} at_coroutine_state;

/* Moves the thread's into `state` and leaves none, and back. */
void at_state_save(at_coroutine_state *state);
void at_state_restore(at_coroutine_state *state);

/* The thread's own are gone: buffers are flushed, the last error forgotten. */
void at_state_end(void);

/* Whether code runs that must not be left: an autoloader, which would hide its class from the others. */
bool at_in_autoload(void);

/* A closure of what a callable names; false for what has none. */
bool at_closure_of(zval *callable, zval *closure);

/* Around a destructor: takes the exception in flight, and chains it to what the destructor threw. */
zend_object *at_exception_put_aside(void);
void at_exception_put_back(zend_object *exception);

/* Reports an exception, whose reference is taken over, as PHP reports an uncaught one, as a warning; with the place of the spawn if there is one. */
void at_report_uncaught(zend_object *exception, zend_string *file, uint32_t line);

/* The VM state a fresh coroutine starts from, in the current context. */
void at_context_reset(at_context *context);

/* If `@` or its like is in force, which was not when errors were reported by `level`, that counts again. */
void at_end_silence(int level);

/* Has the drain called after the shutdown functions registered until now. See module.c. */
void at_register_drain(void);

/* Whether the collector runs in this thread: its destructors must not be suspended. */
void at_hook_collector(void);
void at_gc_forget(void);
bool at_gc_running(void);
void at_collect(void);
zend_fiber_context *at_context_current(void);
zend_fiber_context *at_context_main(void);

#endif
