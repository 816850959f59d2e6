/* Coroutine contexts: an engine fiber context with a VM stack of its own. In a thread attached to PHP, inside a request. */
#ifndef ASYNC_THREADS_FIBER_SHIM_H
#define ASYNC_THREADS_FIBER_SHIM_H

typedef struct {
	zend_fiber_context context;
	/* Its first VM page, to be freed with it. NULL before its first switch, and after a bailout. */
	zend_vm_stack vm_stack;
	/* Bottom frame: where uncaught exceptions stop. */
	zend_execute_data *bottom;
} at_context;

/* A new suspended context that will run at_context_run(); NULL with an exception in flight when there is no memory for it. */
at_context *at_context_new(void);

/* Frees a context that is suspended, or was never entered. What its frames own is not released. */
void at_context_free(at_context *context);

/* Suspends the current context and goes on in `to`; returns when somebody switches back. */
void at_context_switch(zend_fiber_context *to);

/* The VM state a fresh coroutine starts from, in the current context. */
void at_context_reset(at_context *context);

/* Whether the collector runs in this thread: its destructors must not be suspended. */
void at_hook_collector(void);
void at_gc_forget(void);
bool at_gc_running(void);
void at_collect(void);
zend_fiber_context *at_context_current(void);
zend_fiber_context *at_context_main(void);

#endif
