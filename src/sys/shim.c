/* The engine's macros and inline functions as functions, for Rust to call. See shim.h. */
#include "engine.h"

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

void at_closure_fcc(zval *closure, zend_fcall_info_cache *fcc)
{
	char *error = NULL;

	if (!zend_is_callable_ex(closure, NULL, 0, NULL, fcc, &error) && error) {
		efree(error);
	}
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
	zend_call_function(&fci, NULL);
}

void *at_vm_interrupt_flag(void)
{
	return &EG(vm_interrupt);
}

void at_vm_interrupt_raise(void *flag)
{
#if PHP_VERSION_ID >= 80300
	zend_atomic_bool_store((zend_atomic_bool *) flag, true);
#else
	zend_atomic_bool_store((zend_atomic_bool *) flag, true);
#endif
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
