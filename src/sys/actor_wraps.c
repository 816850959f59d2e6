/*
 * Functions of PHP that reach past an object's handlers, wrapped in MINIT where they could run a method's body on a handle or show the class entry that handles
 * have of their own: reflection's calls, rebinding closures, and questions about parents.
 */
#include "engine.h"
#include "zend_closures.h"

ZEND_TSRMLS_CACHE_EXTERN()

static zend_object *handle_in(zval *value)
{
	ZVAL_DEREF(value);
	return Z_TYPE_P(value) == IS_OBJECT && at_is_handle(Z_OBJ_P(value)) ? Z_OBJ_P(value) : NULL;
}

static zend_object *handle_argument(zend_execute_data *execute_data, uint32_t number)
{
	return ZEND_CALL_NUM_ARGS(execute_data) >= number ? handle_in(ZEND_CALL_ARG(execute_data, number)) : NULL;
}

/* Questions about an object's class: the handle shows its real one while the original looks. */

static void ask_as_real(zif_handler original, zend_object *handle, INTERNAL_FUNCTION_PARAMETERS)
{
	if (handle) {
		zend_class_entry *class = handle->ce;

		handle->ce = at_actor_real_class(class);
		original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		handle->ce = class;
	} else {
		original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	}
}

#define AS_REAL(name) \
	static zif_handler original_##name; \
	static ZEND_NAMED_FUNCTION(wrapped_##name) \
	{ \
		ask_as_real(original_##name, handle_argument(execute_data, 1), INTERNAL_FUNCTION_PARAM_PASSTHRU); \
	}

AS_REAL(get_parent_class)
AS_REAL(is_subclass_of)
AS_REAL(class_parents)
AS_REAL(reflection_class)
AS_REAL(reflection_object)
AS_REAL(reflection_method)
AS_REAL(reflection_property)
AS_REAL(reflection_constant)

/* What only `__call` knows does not exist; what has "Async" behind a method's name does. */
static zif_handler original_method_exists;

static ZEND_NAMED_FUNCTION(wrapped_method_exists)
{
	zend_object *handle = handle_argument(execute_data, 1);

	if (handle && ZEND_CALL_NUM_ARGS(execute_data) == 2 && Z_TYPE_P(ZEND_CALL_ARG(execute_data, 2)) == IS_STRING) {
		RETURN_BOOL(at_handle_has_method(handle, Z_STR_P(ZEND_CALL_ARG(execute_data, 2))));
	}
	original_method_exists(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* The class a closure is called with. */
static zif_handler original_called_class;

static ZEND_NAMED_FUNCTION(wrapped_called_class)
{
	zval name, rv, *class_name;

	original_called_class(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (Z_TYPE_P(return_value) != IS_OBJECT || EG(exception)) {
		return;
	}
	class_name = zend_read_property(Z_OBJCE_P(return_value), Z_OBJ_P(return_value), "name", sizeof("name") - 1, 1, &rv);
	if (Z_TYPE_P(class_name) == IS_STRING) {
		zend_class_entry *class = zend_lookup_class_ex(Z_STR_P(class_name), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);

		if (class && at_is_actor(class)) {
			/* Made anew of its name, which is the real class's. */
			ZVAL_STR_COPY(&name, Z_STR_P(class_name));
			zend_call_known_instance_method_with_1_params(Z_OBJCE_P(return_value)->constructor, Z_OBJ_P(return_value), NULL, &name);
			zval_ptr_dtor(&name);
		}
	}
}

/* ReflectionParameter takes `[$object, 'method']`. */
static zif_handler original_reflection_parameter;

static ZEND_NAMED_FUNCTION(wrapped_reflection_parameter)
{
	zend_object *handle = NULL;

	if (ZEND_CALL_NUM_ARGS(execute_data) >= 1) {
		zval *callable = ZEND_CALL_ARG(execute_data, 1), *first;

		ZVAL_DEREF(callable);
		if (Z_TYPE_P(callable) == IS_ARRAY && (first = zend_hash_index_find(Z_ARRVAL_P(callable), 0))) {
			handle = handle_in(first);
		}
	}
	ask_as_real(original_reflection_parameter, handle, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* ReflectionMethod: calls on a handle are messages. */

/* The method that `reflection` is about, if it is one that a message to `handle` stands for; else the original has its say. */
static zend_function *reflected_method(zend_object *reflection, zend_object *handle)
{
	zval rv[2], *class_name, *name;
	zend_class_entry *class;
	zend_function *method;
	zend_string *lower;

	class_name = zend_read_property(reflection->ce, reflection, "class", sizeof("class") - 1, 1, &rv[0]);
	name = zend_read_property(reflection->ce, reflection, "name", sizeof("name") - 1, 1, &rv[1]);
	if (Z_TYPE_P(class_name) != IS_STRING || Z_TYPE_P(name) != IS_STRING) {
		return NULL;
	}
	class = zend_lookup_class_ex(Z_STR_P(class_name), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
	if (!class || !instanceof_function(handle->ce, class)) {
		return NULL;
	}
	lower = zend_string_tolower(Z_STR_P(name));
	method = zend_hash_find_ptr(&class->function_table, lower);
	zend_string_release(lower);
	return method && !(method->common.fn_flags & (ZEND_ACC_STATIC | ZEND_ACC_ABSTRACT)) ? method : NULL;
}

/* Whether `reflection` is about a hook of an actor's property, whose body may not run on a handle. Throws then. */
static bool refuse_hook(zend_object *reflection, zend_object *handle)
{
	zval rv[2], *class_name, *name;
	zend_class_entry *class;

	class_name = zend_read_property(reflection->ce, reflection, "class", sizeof("class") - 1, 1, &rv[0]);
	name = zend_read_property(reflection->ce, reflection, "name", sizeof("name") - 1, 1, &rv[1]);
	if (Z_TYPE_P(class_name) != IS_STRING || Z_TYPE_P(name) != IS_STRING || *Z_STRVAL_P(name) != '$') {
		return false;
	}
	class = zend_lookup_class_ex(Z_STR_P(class_name), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
	if (!class || !instanceof_function(handle->ce, class)) {
		return false;
	}
	zend_throw_error(NULL, "Cannot call %s::%s() on an actor: its properties are private to it; call a method instead", Z_STRVAL_P(class_name),
		Z_STRVAL_P(name));
	return true;
}

static zif_handler original_invoke, original_invoke_args, original_get_closure;

static ZEND_NAMED_FUNCTION(wrapped_invoke)
{
	zend_object *handle = handle_argument(execute_data, 1);
	zend_function *method = handle ? reflected_method(Z_OBJ_P(ZEND_THIS), handle) : NULL;

	if (!method) {
		if (handle && refuse_hook(Z_OBJ_P(ZEND_THIS), handle)) {
			return;
		}
		original_invoke(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else if ((method = at_handle_method(handle, method))) {
		HashTable *named = (ZEND_CALL_INFO(execute_data) & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS) ? EX(extra_named_params) : NULL;

		zend_call_known_function(method, handle, handle->ce, return_value, ZEND_CALL_NUM_ARGS(execute_data) - 1, ZEND_CALL_ARG(execute_data, 2), named);
	}
}

static ZEND_NAMED_FUNCTION(wrapped_invoke_args)
{
	zend_object *handle = handle_argument(execute_data, 1);
	zend_function *method = handle ? reflected_method(Z_OBJ_P(ZEND_THIS), handle) : NULL;
	zval *args = ZEND_CALL_NUM_ARGS(execute_data) >= 2 ? ZEND_CALL_ARG(execute_data, 2) : NULL;

	if (args) {
		ZVAL_DEREF(args);
	}
	if (!method || ZEND_CALL_NUM_ARGS(execute_data) > 2 || (args && Z_TYPE_P(args) != IS_ARRAY)) {
		if (!method && handle && refuse_hook(Z_OBJ_P(ZEND_THIS), handle)) {
			return;
		}
		/* With arguments of the wrong kind it throws before it calls anything. */
		original_invoke_args(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else if ((method = at_handle_method(handle, method))) {
		zend_call_known_function(method, handle, handle->ce, return_value, 0, NULL, args ? Z_ARRVAL_P(args) : NULL);
	}
}

static void give_closure(zval *return_value, zend_object *handle, zend_function *method)
{
	zval object;

	ZVAL_OBJ(&object, handle);
	zend_create_fake_closure(return_value, method, method->common.scope, handle->ce, &object);
}

static ZEND_NAMED_FUNCTION(wrapped_get_closure)
{
	zend_object *handle = handle_argument(execute_data, 1);
	zend_function *method = handle && ZEND_CALL_NUM_ARGS(execute_data) == 1 ? reflected_method(Z_OBJ_P(ZEND_THIS), handle) : NULL;

	if (!method) {
		if (handle && refuse_hook(Z_OBJ_P(ZEND_THIS), handle)) {
			return;
		}
		original_get_closure(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else if ((method = at_handle_method(handle, method))) {
		give_closure(return_value, handle, method);
	}
}

/* Closures: one of a method becomes the message; others may not run inside an actor's class on a handle. */

/* The stub for the method that `closure` was made of, when that is an actor's and `handle` has it too. */
static zend_function *method_of_closure(zend_object *closure, zend_object *handle)
{
	const zend_function *function = zend_get_closure_method_def(closure);
	zend_class_entry *scope = function->common.scope;

	if (!(function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE) || (function->common.fn_flags & ZEND_ACC_STATIC) || !scope || !at_is_actor(scope)) {
		return NULL;
	}
	return instanceof_function(handle->ce, scope) ? (zend_function *) function : NULL;
}

static ZEND_COLD void refuse_binding(zend_object *handle)
{
	zend_throw_error(NULL, "Cannot bind a closure with the scope of class %s to an actor: its state is private to its thread; call a method instead",
		ZSTR_VAL(handle->ce->name));
}

static bool is_static_word(const zval *value)
{
	return Z_TYPE_P(value) == IS_STRING && zend_string_equals_literal(Z_STR_P(value), "static");
}

/* Whether binding gives the closure the scope of an actor's class. */
static bool gets_actor_scope(zend_object *closure, zval *scope)
{
	const zend_function *function = zend_get_closure_method_def(closure);
	zend_class_entry *class = function->common.scope;

	if (function->common.fn_flags & (ZEND_ACC_STATIC | ZEND_ACC_FAKE_CLOSURE)) {
		return false;
	}
	if (scope) {
		ZVAL_DEREF(scope);
		if (Z_TYPE_P(scope) == IS_OBJECT) {
			class = Z_OBJCE_P(scope);
		} else if (Z_TYPE_P(scope) == IS_STRING && !is_static_word(scope)) {
			class = zend_lookup_class(Z_STR_P(scope));
		} else if (Z_TYPE_P(scope) != IS_STRING) {
			class = NULL;
		}
	}
	return class && at_is_actor(class);
}

static void bind_closure(zif_handler original, zend_object *closure, uint32_t first, INTERNAL_FUNCTION_PARAMETERS)
{
	zend_object *handle = handle_argument(execute_data, first);
	zend_function *method;

	if (!handle || ZEND_CALL_NUM_ARGS(execute_data) > first + 1) {
		original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else if ((method = method_of_closure(closure, handle))) {
		if ((method = at_handle_method(handle, method))) {
			give_closure(return_value, handle, method);
		}
	} else if (gets_actor_scope(closure, ZEND_CALL_NUM_ARGS(execute_data) > first ? ZEND_CALL_ARG(execute_data, first + 1) : NULL)) {
		if (!EG(exception)) {
			refuse_binding(handle);
		}
	} else if (!EG(exception)) {
		original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	}
}

static zif_handler original_bind, original_bind_to, original_call;

static ZEND_NAMED_FUNCTION(wrapped_bind)
{
	zval *closure = ZEND_CALL_NUM_ARGS(execute_data) >= 1 ? ZEND_CALL_ARG(execute_data, 1) : NULL;

	if (closure) {
		ZVAL_DEREF(closure);
	}
	if (closure && Z_TYPE_P(closure) == IS_OBJECT && Z_OBJCE_P(closure) == zend_ce_closure) {
		bind_closure(original_bind, Z_OBJ_P(closure), 2, INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else {
		original_bind(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	}
}

static ZEND_NAMED_FUNCTION(wrapped_bind_to)
{
	bind_closure(original_bind_to, Z_OBJ_P(ZEND_THIS), 1, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_NAMED_FUNCTION(wrapped_call)
{
	zend_object *handle = handle_argument(execute_data, 1), *closure = Z_OBJ_P(ZEND_THIS);
	const zend_function *function = zend_get_closure_method_def(closure);
	zend_function *method;

	if (!handle) {
		original_call(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else if ((method = method_of_closure(closure, handle))) {
		if ((method = at_handle_method(handle, method))) {
			HashTable *named = (ZEND_CALL_INFO(execute_data) & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS) ? EX(extra_named_params) : NULL;

			zend_call_known_function(method, handle, handle->ce, return_value, ZEND_CALL_NUM_ARGS(execute_data) - 1, ZEND_CALL_ARG(execute_data, 2),
				named);
		}
	} else if (function->common.fn_flags & (ZEND_ACC_STATIC | ZEND_ACC_FAKE_CLOSURE)) {
		/* Says why it cannot. */
		original_call(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	} else {
		refuse_binding(handle);
	}
}

static HashTable *methods_of(const char *class_name)
{
	zend_class_entry *class = zend_hash_str_find_ptr(CG(class_table), class_name, strlen(class_name));

	return class ? &class->function_table : NULL;
}

void at_actor_wrap(void)
{
	HashTable *method = methods_of("reflectionmethod"), *closure = &zend_ce_closure->function_table;

	at_replace_function("get_parent_class", &original_get_parent_class, wrapped_get_parent_class);
	at_replace_function("is_subclass_of", &original_is_subclass_of, wrapped_is_subclass_of);
	at_replace_function("method_exists", &original_method_exists, wrapped_method_exists);
	at_replace_function("class_parents", &original_class_parents, wrapped_class_parents);
	at_replace_in(methods_of("reflectionclass"), "__construct", &original_reflection_class, wrapped_reflection_class);
	at_replace_in(methods_of("reflectionobject"), "__construct", &original_reflection_object, wrapped_reflection_object);
	at_replace_in(methods_of("reflectionproperty"), "__construct", &original_reflection_property, wrapped_reflection_property);
	at_replace_in(methods_of("reflectionclassconstant"), "__construct", &original_reflection_constant, wrapped_reflection_constant);
	at_replace_in(methods_of("reflectionparameter"), "__construct", &original_reflection_parameter, wrapped_reflection_parameter);
	at_replace_in(method, "__construct", &original_reflection_method, wrapped_reflection_method);
	at_replace_in(method, "invoke", &original_invoke, wrapped_invoke);
	at_replace_in(method, "invokeargs", &original_invoke_args, wrapped_invoke_args);
	at_replace_in(method, "getclosure", &original_get_closure, wrapped_get_closure);
	at_replace_in(method, "getclosurecalledclass", &original_called_class, wrapped_called_class);
	at_replace_in(methods_of("reflectionfunction"), "getclosurecalledclass", &original_called_class, wrapped_called_class);
	at_replace_in(closure, "bind", &original_bind, wrapped_bind);
	at_replace_in(closure, "bindto", &original_bind_to, wrapped_bind_to);
	at_replace_in(closure, "call", &original_call, wrapped_call);
}
