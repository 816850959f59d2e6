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

void at_end_silence(int level)
{
	if (E_HAS_ONLY_FATAL_ERRORS(EG(error_reporting)) && !E_HAS_ONLY_FATAL_ERRORS(level)) {
		zend_string *name = zend_string_init(ZEND_STRL("error_reporting"), 0), *value = zend_long_to_str(level);

		/* The setting too: `@` changes both, and new coroutines start from that. */
		zend_alter_ini_entry(name, value, ZEND_INI_USER, ZEND_INI_STAGE_RUNTIME);
		zend_string_release(value);
		zend_string_release(name);
	}
}

void at_context_reset(at_context *context)
{
	EG(current_execute_data) = context->bottom;
	EG(jit_trace_num) = 0;
	EG(active_fiber) = NULL;
	EG(error_reporting) = initial_error_reporting();
}

static __thread at_context *contexts;

static void unlink_context(at_context *context)
{
	if (context->next) {
		context->next->previous = context->previous;
	}
	if (context->previous) {
		context->previous->next = context->next;
	} else {
		contexts = context->next;
	}
}

/* Also by the engine: it destroys a context that has ended, as one does after a bailout, and nobody else may do it again. */
static void cleanup(zend_fiber_context *raw)
{
	at_context *context = (at_context *) raw;

	unlink_context(context);
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

	/* Whatever complains right above it asks for its name. */
	bottom_function.common.function_name = zend_empty_string;
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
	context->next = contexts;
	if (contexts) {
		contexts->previous = context;
	}
	contexts = context;
	return context;
}

void at_context_free(at_context *context)
{
	zend_fiber_destroy_context(&context->context);
	efree(context);
}

void at_context_free_all(void)
{
	while (contexts) {
		contexts->vm_stack = NULL;
		at_context_free(contexts);
	}
}

extern void at_context_bailed_out(void);

void at_context_switch(zend_fiber_context *to)
{
	zend_fiber_transfer transfer = { .context = to };

	ZVAL_NULL(&transfer.value);
	zend_fiber_switch_context(&transfer);
	if (transfer.flags & ZEND_FIBER_TRANSFER_FLAG_BAILOUT) {
		at_context_bailed_out();
	} else if (transfer.flags & ZEND_FIBER_TRANSFER_FLAG_ERROR) {
		/* Somebody destroys the Fiber that waits here. */
		zend_throw_exception_internal(Z_OBJ(transfer.value));
	} else {
		zval_ptr_dtor(&transfer.value);
	}
}

#if PHP_VERSION_ID >= 80400
/* The http wrapper keeps them for the whole thread, and would overwrite those of a request that ended meanwhile. */
static void forget_http_headers(void)
{
	if (UNEXPECTED(!Z_ISUNDEF(BG(last_http_headers)))) {
		zval_ptr_dtor(&BG(last_http_headers));
		ZVAL_UNDEF(&BG(last_http_headers));
	}
}
#endif

void at_state_save(at_coroutine_state *state)
{
#if PHP_VERSION_ID >= 80400
	if (UNEXPECTED(!Z_ISUNDEF(BG(last_http_headers)))) {
		ZVAL_COPY_VALUE(&state->http_headers, &BG(last_http_headers));
		ZVAL_UNDEF(&BG(last_http_headers));
	}
#endif
	if (OG(handlers).top || OG(running)) {
		state->has_buffers = true;
		state->buffers = OG(handlers);
		state->active = OG(active);
		state->running = OG(running);
		zend_stack_init(&OG(handlers), sizeof(php_output_handler *));
		OG(active) = NULL;
		OG(running) = NULL;
	}
	if (PG(last_error_message)) {
		state->error_message = PG(last_error_message);
		state->error_file = PG(last_error_file);
		state->error_type = PG(last_error_type);
		state->error_line = PG(last_error_lineno);
		PG(last_error_message) = NULL;
		PG(last_error_file) = NULL;
		PG(last_error_type) = 0;
		PG(last_error_lineno) = 0;
	}
}

void at_state_restore(at_coroutine_state *state)
{
#if PHP_VERSION_ID >= 80400
	forget_http_headers();
	if (UNEXPECTED(!Z_ISUNDEF(state->http_headers))) {
		ZVAL_COPY_VALUE(&BG(last_http_headers), &state->http_headers);
		ZVAL_UNDEF(&state->http_headers);
	}
#endif
	if (UNEXPECTED(PG(last_error_message))) {
		at_clear_last_error();
	}
	if (state->has_buffers) {
		state->has_buffers = false;
		zend_stack_destroy(&OG(handlers));
		OG(handlers) = state->buffers;
		OG(active) = state->active;
		OG(running) = state->running;
	}
	if (state->error_message) {
		PG(last_error_message) = state->error_message;
		PG(last_error_file) = state->error_file;
		PG(last_error_type) = state->error_type;
		PG(last_error_lineno) = state->error_line;
		state->error_message = NULL;
		state->error_file = NULL;
	}
}

void at_state_end(void)
{
#if PHP_VERSION_ID >= 80400
	forget_http_headers();
#endif
	if (UNEXPECTED(OG(handlers).top)) {
		php_output_end_all();
	}
	if (UNEXPECTED(PG(last_error_message))) {
		at_clear_last_error();
	}
}

bool at_in_autoload(void)
{
	return EG(in_autoload) && zend_hash_num_elements(EG(in_autoload));
}

bool at_closure_of(zval *callable, zval *closure)
{
	zend_fcall_info_cache fcc;
	zval object;

	if (!zend_is_callable_ex(callable, NULL, 0, NULL, &fcc, NULL)) {
		return false;
	}
	if (fcc.function_handler->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE) {
		zend_release_fcall_info_cache(&fcc);
		return false;
	}
	if (fcc.object) {
		ZVAL_OBJ(&object, fcc.object);
	}
	zend_create_fake_closure(closure, fcc.function_handler, fcc.function_handler->common.scope, fcc.called_scope, fcc.object ? &object : NULL);
	return true;
}

static __thread const zend_op *opline_put_aside;

zend_object *at_exception_put_aside(void)
{
	zend_object *exception = EG(exception);

	if (exception) {
		opline_put_aside = EG(opline_before_exception);
		EG(exception) = NULL;
	}
	return exception;
}

void at_exception_put_back(zend_object *exception)
{
	if (exception) {
		EG(opline_before_exception) = opline_put_aside;
		if (EG(exception)) {
			zend_exception_set_previous(EG(exception), exception);
		} else {
			EG(exception) = exception;
		}
	}
}

void at_report_uncaught(zend_object *exception, zend_string *file, uint32_t line)
{
	zval object, text, slot, *thrown_file, *thrown_line;

	if (!file || !exception->ce->__tostring || !instanceof_function(exception->ce, zend_ce_throwable)) {
		zend_exception_error(exception, E_WARNING);
		return;
	}
	ZVAL_OBJ(&object, exception);
	zend_call_known_instance_method_with_0_params(exception->ce->__tostring, exception, &text);
	if (EG(exception) || Z_TYPE(text) != IS_STRING) {
		zval_ptr_dtor(&text);
		zend_clear_exception();
		zend_exception_error(exception, E_WARNING);
		return;
	}
	thrown_file = at_exception_property(&object, "file", &slot);
	thrown_line = at_exception_property(&object, "line", &slot);
	zend_error_at(E_WARNING | E_DONT_BAIL, Z_TYPE_P(thrown_file) == IS_STRING ? Z_STR_P(thrown_file) : NULL,
		Z_TYPE_P(thrown_line) == IS_LONG ? Z_LVAL_P(thrown_line) : 0, "Uncaught %s\n  in the coroutine spawned at %s:%u, thrown",
		Z_STRVAL(text), ZSTR_VAL(file), line);
	zval_ptr_dtor(&text);
	OBJ_RELEASE(exception);
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
