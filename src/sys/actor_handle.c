/*
 * Handles of actors as objects: what reading, writing, comparing, cloning and looking up methods do. See actor_class.c for their classes.
 */
#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

extern void at_actor_released(void *payload);
extern bool at_actor_same(zend_object *one, zend_object *other);
extern void at_actor_describe(void *payload, zval *info);

zend_object_handlers at_handle_handlers, at_instance_handlers;

bool at_is_handle(const zend_object *object)
{
	return object->handlers == &at_handle_handlers;
}

void **at_actor_payload(zend_object *object)
{
	return at_is_handle(object) ? &((at_handle *) ((char *) object - XtOffsetOf(at_handle, std)))->payload : NULL;
}

static void free_handle(zend_object *object)
{
	void **payload = at_actor_payload(object);

	if (*payload) {
		void *released = *payload;

		*payload = NULL;
		at_actor_released(released);
	}
	zend_object_std_dtor(object);
}

/* Whether the running code could call a method that is not public, were the object not an actor. */
static bool is_visible(zend_function *function)
{
	zend_class_entry *scope = zend_get_executed_scope();

	if (function->common.fn_flags & ZEND_ACC_PRIVATE) {
		return scope == function->common.scope;
	}
	return zend_check_protected(zend_get_function_root_class(function), scope);
}

static zend_function *get_method(zend_object **object, zend_string *name, const zval *key)
{
	at_handle_class *class = (at_handle_class *) (*object)->ce;
	zend_string *lower = key ? zend_string_copy(Z_STR_P(key)) : zend_string_tolower(name);
	zend_function *function = zend_hash_find_ptr(&class->entry.function_table, lower);

	if (function) {
		if (function->common.fn_flags & ZEND_ACC_PUBLIC) {
			goto out;
		}
		if (!class->entry.__call || is_visible(function)) {
			at_refuse_method(&class->entry, function);
			function = NULL;
			goto out;
		}
		/* As for any object: what the caller cannot see is for `__call`. */
	}
	function = zend_hash_find_ptr(&class->extra, name);
	if (function) {
		goto out;
	}
	function = (zend_function *) at_extra_stub(class, name, lower);
out:
	zend_string_release(lower);
	return function;
}

bool at_handle_has_method(const zend_object *handle, zend_string *name)
{
	zend_string *lower = zend_string_tolower(name);
	bool found = zend_hash_exists(&handle->ce->function_table, lower);

	if (!found && ZSTR_LEN(lower) > 5 && !memcmp(ZSTR_VAL(lower) + ZSTR_LEN(lower) - 5, "async", 5)) {
		const zend_function *method = zend_hash_str_find_ptr(&handle->ce->function_table, ZSTR_VAL(lower), ZSTR_LEN(lower) - 5);

		found = method && (method->common.fn_flags & (ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)) == ZEND_ACC_PUBLIC;
	}
	zend_string_release(lower);
	return found;
}

zend_function *at_handle_method(zend_object *handle, const zend_function *method)
{
	at_stub *known = at_stub_of(method);
	zend_function *function = get_method(&handle, method->common.function_name, NULL);
	const zend_function *wanted = known ? known->real : method;

	if (!function) {
		if (!EG(exception)) {
			zend_throw_error(NULL, "Call to undefined method %s::%s()", ZSTR_VAL(handle->ce->name), ZSTR_VAL(method->common.function_name));
		}
		return NULL;
	}
	known = at_stub_of(function);
	if (wanted && known && (!known->real || known->real->common.scope != wanted->common.scope)) {
		zend_throw_error(NULL, "%s overrides %s::%s(): no message to an actor can reach the latter", ZSTR_VAL(handle->ce->name),
			ZSTR_VAL(wanted->common.scope->name), ZSTR_VAL(wanted->common.function_name));
		return NULL;
	}
	return function;
}

static ZEND_COLD void refuse_property(zend_object *object, zend_string *name, const char *what)
{
	zend_throw_error(NULL, "Cannot %s %s::$%s: properties of an actor are private to it; call a method instead",
		what, ZSTR_VAL(object->ce->name), ZSTR_VAL(name));
}

static zval *read_property(zend_object *object, zend_string *name, int type, void **cache_slot, zval *rv)
{
	if (object->ce->__get) {
		zval argument, is_set;

		ZVAL_STR(&argument, name);
		if (type == BP_VAR_IS && object->ce->__isset) {
			/* As for any object: `??` asks whether there is something before it asks what. */
			ZVAL_FALSE(&is_set);
			zend_call_known_instance_method_with_1_params(object->ce->__isset, object, &is_set, &argument);
			if (EG(exception) || !zend_is_true(&is_set)) {
				zval_ptr_dtor(&is_set);
				return &EG(uninitialized_zval);
			}
			zval_ptr_dtor(&is_set);
		}
		zend_call_known_instance_method_with_1_params(object->ce->__get, object, rv, &argument);
		return Z_ISUNDEF_P(rv) ? &EG(uninitialized_zval) : rv;
	}
	refuse_property(object, name, "read");
	return &EG(uninitialized_zval);
}

static zval *write_property(zend_object *object, zend_string *name, zval *value, void **cache_slot)
{
	if (object->ce->__set) {
		zval arguments[2];

		ZVAL_STR(&arguments[0], name);
		ZVAL_COPY_VALUE(&arguments[1], value);
		zend_call_known_instance_method_with_2_params(object->ce->__set, object, NULL, &arguments[0], &arguments[1]);
	} else {
		refuse_property(object, name, "write");
	}
	return value;
}

static zval *get_property_pointer(zend_object *object, zend_string *name, int type, void **cache_slot)
{
	return NULL;
}

static int has_property(zend_object *object, zend_string *name, int check_empty, void **cache_slot)
{
	zval result, argument;
	int answer;

	/* Reflection asks in the class's name whether it is initialised, which is the actor's to know. */
	if (check_empty == ZEND_PROPERTY_EXISTS && !EG(fake_scope)) {
		/* Whether it is declared: no secret, and not asked of `__isset`. Private ones of parents do not count. */
		zend_property_info *info = zend_hash_find_ptr(&object->ce->properties_info, name);

		return info && (!(info->flags & ZEND_ACC_PRIVATE) || info->ce == at_actor_real_class(object->ce));
	}
	if (!object->ce->__isset) {
		refuse_property(object, name, "test");
		return 0;
	}
	ZVAL_UNDEF(&result);
	ZVAL_STR(&argument, name);
	zend_call_known_instance_method_with_1_params(object->ce->__isset, object, &result, &argument);
	answer = zend_is_true(&result);
	zval_ptr_dtor(&result);
	if (answer && check_empty == ZEND_PROPERTY_NOT_EMPTY && object->ce->__get && !EG(exception)) {
		zval rv;

		ZVAL_UNDEF(&rv);
		answer = i_zend_is_true(read_property(object, name, BP_VAR_IS, NULL, &rv));
		zval_ptr_dtor(&rv);
	}
	return answer;
}

static void unset_property(zend_object *object, zend_string *name, void **cache_slot)
{
	if (object->ce->__unset) {
		zval argument;

		ZVAL_STR(&argument, name);
		zend_call_known_instance_method_with_1_params(object->ce->__unset, object, NULL, &argument);
	} else {
		refuse_property(object, name, "unset");
	}
}

static int compare(zval *one, zval *other)
{
	if (Z_TYPE_P(one) == IS_OBJECT && Z_TYPE_P(other) == IS_OBJECT) {
		return Z_OBJ_P(one) == Z_OBJ_P(other) || at_actor_same(Z_OBJ_P(one), Z_OBJ_P(other)) ? 0 : ZEND_UNCOMPARABLE;
	}
	return zend_std_compare_objects(one, other);
}

static HashTable *get_properties_for(zend_object *object, zend_prop_purpose purpose)
{
	zval info;

	array_init(&info);
	if (purpose == ZEND_PROP_PURPOSE_DEBUG) {
		at_actor_describe(*at_actor_payload(object), &info);
	}
	return Z_ARRVAL(info);
}

static zend_object *refuse_clone(zend_object *object)
{
	zend_throw_error(NULL, "Trying to clone an actor of class %s: its state lives in one place; make a new one instead", ZSTR_VAL(object->ce->name));
	/* The engine wants an object even now. */
	GC_ADDREF(object);
	return object;
}

void at_handle_startup(void)
{
	memcpy(&at_instance_handlers, &std_object_handlers, sizeof(zend_object_handlers));
	at_instance_handlers.clone_obj = refuse_clone;
	at_instance_handlers.compare = compare;
	memcpy(&at_handle_handlers, &std_object_handlers, sizeof(zend_object_handlers));
	at_handle_handlers.offset = XtOffsetOf(at_handle, std);
	at_handle_handlers.free_obj = free_handle;
	at_handle_handlers.clone_obj = refuse_clone;
	at_handle_handlers.get_method = get_method;
	at_handle_handlers.read_property = read_property;
	at_handle_handlers.write_property = write_property;
	at_handle_handlers.get_property_ptr_ptr = get_property_pointer;
	at_handle_handlers.has_property = has_property;
	at_handle_handlers.unset_property = unset_property;
	at_handle_handlers.compare = compare;
	at_handle_handlers.get_properties_for = get_properties_for;
}
