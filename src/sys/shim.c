/* The engine's macros and inline functions as functions, for Rust to call. See shim.h. */
#include "engine.h"
#include "php_variables.h"

ZEND_TSRMLS_CACHE_EXTERN()

/* Data symbols that a PHP without ZTS lacks: weak, so that loading there gets as far as a clear message. */
#pragma weak executor_globals_offset
#pragma weak compiler_globals_offset
#pragma weak core_globals_offset
#pragma weak sapi_globals_offset
#pragma weak basic_globals_id

void at_tsrm_attach(void)
{
	ts_resource(0);
	ZEND_TSRMLS_CACHE_UPDATE();
}

void at_tsrm_detach(void)
{
	ts_free_thread();
}

void at_tsrm_cache_update(void)
{
	ZEND_TSRMLS_CACHE_UPDATE();
}

zend_executor_globals *at_eg(void)
{
	return TSRMG_FAST_BULK_STATIC(executor_globals_offset, zend_executor_globals *);
}

zend_compiler_globals *at_cg(void)
{
	return TSRMG_FAST_BULK_STATIC(compiler_globals_offset, zend_compiler_globals *);
}

php_core_globals *at_pg(void)
{
	return TSRMG_FAST_BULK_STATIC(core_globals_offset, php_core_globals *);
}

sapi_globals_struct *at_sg(void)
{
	return TSRMG_FAST_BULK_STATIC(sapi_globals_offset, sapi_globals_struct *);
}

php_basic_globals *at_bg(void)
{
	return TSRMG_BULK_STATIC(basic_globals_id, php_basic_globals *);
}

int at_protect(void (*body)(void *), void *data)
{
	volatile int bailed_out = 0;

	zend_try {
		body(data);
	} zend_catch {
		bailed_out = 1;
	} zend_end_try();
	return bailed_out;
}

void at_bailout(void)
{
	zend_bailout();
}

void *at_emalloc(size_t size)
{
	return emalloc(size);
}

void *at_erealloc(void *pointer, size_t size)
{
	return erealloc(pointer, size);
}

void at_efree(void *pointer)
{
	efree(pointer);
}

void *at_malloc(size_t size)
{
	return pemalloc(size, 1);
}

void at_free(void *pointer)
{
	pefree(pointer, 1);
}

zend_string *at_string_init(const char *bytes, size_t length, bool persistent)
{
	if (!persistent && length <= 1) {
		return length ? ZSTR_CHAR((zend_uchar)*bytes) : ZSTR_EMPTY_ALLOC();
	}
	return zend_string_init(bytes, length, persistent);
}

zend_string *at_string_alloc(size_t length, bool persistent)
{
	return zend_string_alloc(length, persistent);
}

zend_ulong at_string_hash(zend_string *string)
{
	return ZSTR_HASH(string);
}

void at_string_release(zend_string *string)
{
	zend_string_release(string);
}

void at_zval_dtor(zval *value)
{
	zval_ptr_dtor(value);
}

void at_zval_copy(zval *to, const zval *from)
{
	ZVAL_COPY(to, from);
}

bool at_is_true(zval *value)
{
	return zend_is_true(value);
}

zend_reference *at_new_reference(void)
{
	zval value;

	ZVAL_NEW_EMPTY_REF(&value);
	ZVAL_NULL(Z_REFVAL(value));
	return Z_REF(value);
}

HashTable *at_new_array(uint32_t size)
{
	return zend_new_array(size);
}

void at_array_real_init_packed(HashTable *array)
{
	zend_hash_real_init_packed(array);
}

void at_array_real_init_mixed(HashTable *array)
{
	zend_hash_real_init_mixed(array);
}

size_t at_object_properties_size(zend_class_entry *class)
{
	return zend_object_properties_size(class);
}

void *at_object_alloc(size_t size, zend_class_entry *class)
{
	return zend_object_alloc(size, class);
}

zval *at_static_members(zend_class_entry *class)
{
	return CE_STATIC_MEMBERS(class);
}

HashTable *at_class_constants(zend_class_entry *class)
{
	return CE_CONSTANTS_TABLE(class);
}

void *at_map_ptr_get(void *slot)
{
	ZEND_MAP_PTR_DEF(void *, pointer) = slot;
	return ZEND_MAP_PTR_GET(pointer);
}

void at_map_ptr_set(void *slot, void *value)
{
	ZEND_MAP_PTR_DEF(void *, pointer) = slot;
	ZEND_MAP_PTR_SET(pointer, value);
}

size_t at_map_ptr_last(void)
{
	return CG(map_ptr_last);
}

void at_error(int kind, const char *message)
{
	zend_error(kind, "%s", message);
}

void at_throw(zend_class_entry *class, const char *message, zend_long code)
{
	zend_throw_exception(class, message, code);
}

void at_throw_error(zend_class_entry *class, const char *message)
{
	zend_throw_error(class, "%s", message);
}

void at_argument_error(zend_class_entry *class, uint32_t number, const char *message)
{
	zend_argument_error(class, number, "%s", message);
}

uint32_t at_frame_arg_count(zend_execute_data *frame)
{
	return ZEND_CALL_NUM_ARGS(frame);
}

zval *at_frame_args(zend_execute_data *frame)
{
	return ZEND_CALL_ARG(frame, 1);
}

zval *at_frame_this(zend_execute_data *frame)
{
	return &frame->This;
}

HashTable *at_frame_named_args(zend_execute_data *frame)
{
	return (ZEND_CALL_INFO(frame) & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS) ? frame->extra_named_params : NULL;
}

void at_call(zval *callable, zval *result, uint32_t count, zval *args, HashTable *named)
{
	zend_fcall_info fci;

	fci.size = sizeof(fci);
	ZVAL_COPY_VALUE(&fci.function_name, callable);
	fci.object = NULL;
	fci.retval = result;
	fci.param_count = count;
	fci.params = args;
	fci.named_params = named;
	ZVAL_UNDEF(result);
	if (Z_TYPE_P(callable) == IS_OBJECT && Z_OBJCE_P(callable) == zend_ce_closure) {
		/* As the engine finds it out, without asking whether it may be called: a closure always may. */
		zend_fcall_info_cache fcc = {0};

		Z_OBJ_HANDLER_P(callable, get_closure)(Z_OBJ_P(callable), &fcc.calling_scope, &fcc.function_handler, &fcc.object, true);
		fcc.called_scope = fcc.calling_scope;
		zend_call_function(&fci, &fcc);
		return;
	}
	zend_call_function(&fci, NULL);
}

void *at_vm_interrupt_flag(void)
{
	return &EG(vm_interrupt);
}

void at_vm_interrupt_raise(void *flag)
{
	zend_atomic_bool_store((zend_atomic_bool *) flag, true);
}

bool at_vm_interrupt_is_raised(void)
{
	return zend_atomic_bool_load(&EG(vm_interrupt));
}

/* What the VM does at its next look, for code that waits outside of it. */
void at_run_interrupts(void)
{
	zend_atomic_bool_store(&EG(vm_interrupt), false);
	if (zend_atomic_bool_load(&EG(timed_out))) {
		zend_timeout();
	} else if (zend_interrupt_function) {
		zend_interrupt_function(EG(current_execute_data));
	}
}

static void (*next_interrupt)(zend_execute_data *frame);
extern int at_interrupted(void);

static void interrupt(zend_execute_data *frame)
{
	if (next_interrupt) {
		next_interrupt(frame);
	}
	if (UNEXPECTED(at_interrupted())) {
		zend_bailout();
	}
}

void at_replace_in(HashTable *functions, const char *name, zif_handler *original, zif_handler replacement)
{
	zend_function *function = functions ? zend_hash_str_find_ptr(functions, name, strlen(name)) : NULL;

	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		*original = function->internal_function.handler;
		function->internal_function.handler = replacement;
	}
}

void at_replace_function(const char *name, zif_handler *original, zif_handler replacement)
{
	at_replace_in(CG(function_table), name, original, replacement);
}

void at_hook_interrupt(void)
{
	next_interrupt = zend_interrupt_function;
	zend_interrupt_function = interrupt;
}

static void (*original_import_environment)(zval *array);

/* The engine copies the environment under a lock of the process, and does not unlock it when memory ends meanwhile: all threads would wait for it for ever.
 * The lock is taken first and released last. */
static void import_environment(zval *array)
{
	volatile bool bailed_out = false;

	zend_try {
		original_import_environment(array);
	} zend_catch {
		bailed_out = true;
	} zend_end_try();
	if (UNEXPECTED(bailed_out)) {
		tsrm_env_unlock();
		zend_bailout();
	}
}

void at_guard_environment(void)
{
	original_import_environment = php_import_environment_variables;
	php_import_environment_variables = import_environment;
}

void at_enter_shutdown(void)
{
	EG(flags) |= EG_FLAGS_IN_SHUTDOWN;
	EG(current_execute_data) = NULL;
}

const char *at_php_version(void)
{
	return PHP_VERSION;
}

zend_long at_ini_long(const char *name)
{
	return zend_ini_long(name, strlen(name), 0);
}

const char *at_ini_string(const char *name)
{
	return zend_ini_string(name, strlen(name), 0);
}

void at_zval_copy_deref(zval *to, zval *from)
{
	ZVAL_COPY_DEREF(to, from);
}

void at_zval_string(zval *to, const char *bytes, size_t length)
{
	ZVAL_STRINGL_FAST(to, bytes, length);
}

zval *at_deref(zval *value)
{
	ZVAL_DEREF(value);
	return value;
}

/* The exception's reference goes to the caller; the opline the engine put aside comes back. */
void at_take_exception(void)
{
	EG(exception) = NULL;
	if (EG(current_execute_data) && EG(current_execute_data)->func
			&& ZEND_USER_CODE(EG(current_execute_data)->func->common.type)
			&& EG(current_execute_data)->opline == EG(exception_op)) {
		EG(current_execute_data)->opline = EG(opline_before_exception);
	}
}

bool at_instanceof(const zend_class_entry *instance, const zend_class_entry *class)
{
	return instanceof_function(instance, class);
}

const char *at_type_name(const zval *value)
{
#if PHP_VERSION_ID >= 80300
	return zend_zval_value_name(value);
#else
	return zend_zval_type_name(value);
#endif
}

void at_gc_buffer_add(zend_get_gc_buffer *buffer, zval *value)
{
	zend_get_gc_buffer_add_zval(buffer, value);
}

void at_gc_buffer_use(zend_get_gc_buffer *buffer, zval **table, int *count)
{
	zend_get_gc_buffer_use(buffer, table, count);
}

bool at_unclean_shutdown(void)
{
	return CG(unclean_shutdown);
}

static zend_class_entry *exception_base(zval *exception)
{
	return zend_get_exception_base(Z_OBJ_P(exception));
}

void at_exception_new(zval *to, zend_class_entry *class, zend_string *message, zend_long code, zval *previous)
{
	object_init_ex(to, class);
	if (message) {
		zend_update_property_str(exception_base(to), Z_OBJ_P(to), ZEND_STRL("message"), message);
	}
	if (code) {
		zend_update_property_long(exception_base(to), Z_OBJ_P(to), ZEND_STRL("code"), code);
	}
	if (previous) {
		zend_update_property(exception_base(to), Z_OBJ_P(to), ZEND_STRL("previous"), previous);
	}
}

void at_exception_set_place(zval *exception, zend_string *file, zend_long line)
{
	zend_update_property_str(exception_base(exception), Z_OBJ_P(exception), ZEND_STRL("file"), file);
	zend_update_property_long(exception_base(exception), Z_OBJ_P(exception), ZEND_STRL("line"), line);
}

zval *at_exception_property(zval *exception, const char *name, zval *slot)
{
	return zend_read_property(exception_base(exception), Z_OBJ_P(exception), name, strlen(name), true, slot);
}

void at_exception_trace(zval *exception, zval *trace)
{
	ZVAL_UNDEF(trace);
	zend_call_method_with_0_params(Z_OBJ_P(exception), Z_OBJCE_P(exception), NULL, "gettraceasstring", trace);
}

zval *at_private_property(zval *object, const char *name, zval *slot)
{
	zend_class_entry *class = Z_OBJCE_P(object);

	while (class->type == ZEND_USER_CLASS) {
		class = class->parent;
	}
	return zend_read_property(class, Z_OBJ_P(object), name, strlen(name), true, slot);
}

void at_set_private_property(zval *object, const char *name, zval *value)
{
	zend_update_property(Z_OBJCE_P(object), Z_OBJ_P(object), name, strlen(name), value);
}

static void register_stream(const char *name, size_t length, int fd, const char *mode)
{
	zend_constant constant;
	php_stream *stream = php_stream_fopen_from_fd(fd, mode, NULL);

	if (!stream) {
		return;
	}
	/* The process's own descriptors: never closed by a thread, nor by what a script does to the stream. */
	stream->flags |= PHP_STREAM_FLAG_NO_CLOSE;
	php_stream_to_zval(stream, &constant.value);
	ZEND_CONSTANT_SET_FLAGS(&constant, 0, 0);
	constant.name = zend_string_init_interned(name, length, 0);
	zend_register_constant(&constant);
}

void at_register_std_streams(void)
{
	register_stream(ZEND_STRL("STDIN"), STDIN_FILENO, "rb");
	register_stream(ZEND_STRL("STDOUT"), STDOUT_FILENO, "wb");
	register_stream(ZEND_STRL("STDERR"), STDERR_FILENO, "wb");
}

void at_zval_str_copy(zval *to, zend_string *string)
{
	ZVAL_STR_COPY(to, string);
}

bool at_is_callable(zval *value)
{
	return zend_is_callable(value, 0, NULL);
}

bool at_parse_int(zval *value, zend_long *result, uint32_t argument)
{
	return zend_parse_arg_long(value, result, NULL, false, argument);
}

/* NULL without an exception: not traversable. */
zend_object_iterator *at_iterator_new(zval *traversable)
{
	zend_class_entry *class = Z_OBJCE_P(traversable);

	return class->get_iterator ? class->get_iterator(class, traversable, 0) : NULL;
}

bool at_iterator_next(zend_object_iterator *iterator, bool first, zval *key, zval *value)
{
	zval *current;

	if (first) {
		iterator->index = 0;
		if (iterator->funcs->rewind) {
			iterator->funcs->rewind(iterator);
		}
	} else {
		iterator->index++;
		iterator->funcs->move_forward(iterator);
	}
	if (EG(exception) || iterator->funcs->valid(iterator) == FAILURE || EG(exception)) {
		return false;
	}
	current = iterator->funcs->get_current_data(iterator);
	if (EG(exception) || !current) {
		return false;
	}
	ZVAL_COPY_DEREF(value, current);
	if (iterator->funcs->get_current_key) {
		iterator->funcs->get_current_key(iterator, key);
		if (EG(exception)) {
			return false;
		}
	} else {
		ZVAL_LONG(key, iterator->index);
	}
	return true;
}

bool at_array_next(HashTable *array, uint32_t *position, zval *key, zval *value)
{
	for (; *position < array->nNumUsed; ++*position) {
		zval *current;
		zend_string *name = NULL;
		zend_ulong index = *position;

		if (HT_IS_PACKED(array)) {
			current = array->arPacked + *position;
		} else {
			Bucket *bucket = array->arData + *position;

			current = &bucket->val;
			name = bucket->key;
			index = bucket->h;
		}
		if (Z_TYPE_P(current) == IS_INDIRECT) {
			current = Z_INDIRECT_P(current);
		}
		if (Z_ISUNDEF_P(current)) {
			continue;
		}
		if (name) {
			ZVAL_STR_COPY(key, name);
		} else {
			ZVAL_LONG(key, index);
		}
		ZVAL_COPY_DEREF(value, current);
		++*position;
		return true;
	}
	return false;
}

void at_clear_last_error(void)
{
	if (PG(last_error_message)) {
		PG(last_error_type) = 0;
		PG(last_error_lineno) = 0;
		zend_string_release(PG(last_error_message));
		PG(last_error_message) = NULL;
		if (PG(last_error_file)) {
			zend_string_release(PG(last_error_file));
			PG(last_error_file) = NULL;
		}
	}
}
