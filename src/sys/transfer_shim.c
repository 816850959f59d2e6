/* Engine macros and inline functions as functions, for src/transfer. See transfer_shim.h. */
#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

void at_rebuild_properties(zend_object *object)
{
#if PHP_VERSION_ID >= 80400
	rebuild_object_properties_internal(object);
#else
	rebuild_object_properties(object);
#endif
}

HashTable *at_closure_variables(zend_object *closure)
{
	const zend_function *function = zend_get_closure_method_def(closure);

	if (function->type != ZEND_USER_FUNCTION || (function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE)) {
		return NULL;
	}
	return ZEND_MAP_PTR_GET(function->op_array.static_variables_ptr);
}

zval *at_closure_this(zend_object *closure)
{
	zval value;

	ZVAL_OBJ(&value, closure);
	return zend_get_closure_this_ptr(&value);
}

zend_class_entry *at_closure_called_scope(zend_object *closure)
{
	zend_class_entry *called_scope = NULL;
	zend_function *function;
	zend_object *object;

	closure->handlers->get_closure(closure, &called_scope, &function, &object, true);
	return called_scope;
}

/* The engine's own handler of this kind is static. */
static ZEND_NAMED_FUNCTION(call_magic)
{
	zend_function *method = (EX(func)->common.fn_flags & ZEND_ACC_STATIC)
		? EX(func)->common.scope->__callstatic : EX(func)->common.scope->__call;
	zend_object *object = Z_TYPE(EX(This)) == IS_OBJECT ? Z_OBJ(EX(This)) : NULL;
	zval params[2];

	ZVAL_STR(&params[0], EX(func)->common.function_name);
	if (EX_CALL_INFO() & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS) {
		zend_string *name;
		zval *value;

		array_init_size(&params[1], ZEND_NUM_ARGS() + zend_hash_num_elements(EX(extra_named_params)));
		zend_hash_real_init_mixed(Z_ARRVAL(params[1]));
		zend_copy_parameters_array(ZEND_NUM_ARGS(), &params[1]);
		ZEND_HASH_FOREACH_STR_KEY_VAL(EX(extra_named_params), name, value) {
			Z_TRY_ADDREF_P(value);
			zend_hash_add_new(Z_ARRVAL(params[1]), name, value);
		} ZEND_HASH_FOREACH_END();
	} else if (ZEND_NUM_ARGS()) {
		array_init_size(&params[1], ZEND_NUM_ARGS());
		zend_copy_parameters_array(ZEND_NUM_ARGS(), &params[1]);
	} else {
		ZVAL_EMPTY_ARRAY(&params[1]);
	}
	zend_call_known_function(method, object, zend_get_called_scope(execute_data), return_value, 2, params, NULL);
	zval_ptr_dtor(&params[1]);
}

static const zend_internal_arg_info any_arguments[] = {ZEND_ARG_VARIADIC_TYPE_INFO(false, args, IS_MIXED, false)};

void at_closure_magic(zval *to, zend_class_entry *scope, zend_class_entry *called_scope, const char *name, size_t length, bool is_static)
{
	zend_internal_function function;

	memset(&function, 0, sizeof(function));
	function.type = ZEND_INTERNAL_FUNCTION;
	function.fn_flags = ZEND_ACC_VARIADIC | (is_static ? ZEND_ACC_STATIC : 0);
	function.arg_info = (zend_internal_arg_info *) any_arguments;
	function.handler = call_magic;
	function.function_name = zend_string_init(name, length, 0);
	function.scope = scope;
	zend_create_fake_closure(to, (zend_function *) &function, scope, called_scope, NULL);
	zend_string_release(function.function_name);
}

zval *at_find_lower(const HashTable *table, const char *name, size_t length)
{
	zend_string *lower = zend_string_alloc(length, 0);
	zval *found;

	zend_str_tolower_copy(ZSTR_VAL(lower), name, length);
	found = zend_hash_find(table, lower);
	zend_string_release(lower);
	return found;
}
