/* Coroutine contexts. See fiber_shim.h; Zend/zend_fibers.c does the same for Fiber objects. */
#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

/* Runs coroutines until the context is to end; gives the context to go on in. Non-zero in *bailout: the request is to bail out there. */
extern zend_fiber_context *at_context_run(at_context *context, int *bailout);

/* Its address tells our contexts from those of others. */
static char context_kind;

static zend_function bottom_function = { ZEND_INTERNAL_FUNCTION };

static zend_long initial_error_reporting(void)
{
	zend_long level = INI_INT("error_reporting");

	/* 0 without a string means that it was never set. */
	return !level && !INI_STR("error_reporting") ? E_ALL : level;
}

void at_context_reset(at_context *context)
{
	EG(current_execute_data) = context->bottom;
	EG(jit_trace_num) = 0;
	EG(active_fiber) = NULL;
	EG(error_reporting) = initial_error_reporting();
}

static void cleanup(zend_fiber_context *raw)
{
	at_context *context = (at_context *) raw;

	if (context->vm_stack) {
		zend_vm_stack current = EG(vm_stack);

		EG(vm_stack) = context->vm_stack;
		zend_vm_stack_destroy();
		EG(vm_stack) = current;
	}
}

static ZEND_STACK_ALIGNED void context_main(zend_fiber_transfer *transfer)
{
	at_context *context = (at_context *) EG(current_fiber_context);
	zend_fiber_context *volatile next = EG(main_fiber_context);

	EG(vm_stack) = NULL;
	zend_first_try {
		zend_vm_stack page = zend_vm_stack_new_page(ZEND_FIBER_VM_STACK_SIZE, NULL);
		int bailout = 0;

		EG(vm_stack) = page;
		EG(vm_stack_top) = page->top + ZEND_CALL_FRAME_SLOT;
		EG(vm_stack_end) = page->end;
		EG(vm_stack_page_size) = ZEND_FIBER_VM_STACK_SIZE;
		context->vm_stack = page;
		context->bottom = (zend_execute_data *) page->top;
		memset(context->bottom, 0, sizeof(zend_execute_data));
		context->bottom->func = &bottom_function;
#ifdef ZEND_CHECK_STACK_LIMIT
		EG(stack_base) = zend_fiber_stack_base(context->context.stack);
		EG(stack_limit) = zend_fiber_stack_limit(context->context.stack);
#endif
		at_context_reset(context);
		next = at_context_run(context, &bailout);
		if (bailout) {
			context->vm_stack = NULL;
			transfer->flags = ZEND_FIBER_TRANSFER_FLAG_BAILOUT;
		}
	} zend_catch {
		context->vm_stack = NULL;
		transfer->flags = ZEND_FIBER_TRANSFER_FLAG_BAILOUT;
		next = EG(main_fiber_context);
	} zend_end_try();
	transfer->context = next;
}

at_context *at_context_new(void)
{
	at_context *context = ecalloc(1, sizeof(at_context));

	if (zend_fiber_init_context(&context->context, &context_kind, context_main, EG(fiber_stack_size)) == FAILURE) {
		efree(context);
		return NULL;
	}
	context->context.cleanup = cleanup;
	return context;
}

void at_context_free(at_context *context)
{
	zend_fiber_destroy_context(&context->context);
	efree(context);
}

extern void at_context_bailed_out(void);

void at_context_switch(zend_fiber_context *to)
{
	zend_fiber_transfer transfer = { .context = to };

	ZVAL_NULL(&transfer.value);
	zend_fiber_switch_context(&transfer);
	if (transfer.flags & ZEND_FIBER_TRANSFER_FLAG_BAILOUT) {
		at_context_bailed_out();
	}
}

zend_fiber_context *at_context_current(void)
{
	return EG(current_fiber_context);
}

zend_fiber_context *at_context_main(void)
{
	return EG(main_fiber_context);
}

static __thread bool collecting;
static int (*next_collect)(void);

static int collect(void)
{
	bool outer = collecting;
	int freed;

	collecting = true;
	freed = next_collect();
	collecting = outer;
	return freed;
}

/* MINIT. The engine calls the collector through this pointer alone. */
void at_hook_collector(void)
{
	next_collect = gc_collect_cycles;
	gc_collect_cycles = collect;
}

/* A bailout from a destructor leaves it set; the request's end resets it. */
void at_gc_forget(void)
{
	collecting = false;
}

bool at_gc_running(void)
{
	return collecting;
}

void at_collect(void)
{
	gc_collect_cycles();
}
