/*
 * Classes of actors.
 *
 * `new ChatRoom` in user code makes a handle: an object of a class entry of its own, made for each thread from the real one, whose methods are stubs that send
 * messages. The instance, in its worker, has the real class entry. Inline caches, opcache's optimiser and the JIT are keyed by class entry, so the two never
 * meet in one cache. The handle's class is a child of the real one for every test the engine makes; it is never registered and never destroyed by the engine.
 */
#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

extern int at_body_actor_call(zend_execute_data *frame, zval *result);
extern void at_actor_released(void *payload);
extern bool at_actor_same(void *one, void *other);
extern void at_actor_describe(void *payload, zval *info);

static zend_object_handlers handle_handlers;

/* Real class entry (as a number) → at_handle_class. */
static __thread HashTable *classes;
/* The class an instance is being made of right now. */
static __thread zend_class_entry *making;

typedef struct {
	zend_class_entry entry;
	/* Stubs that are in no method table: for `…Async` and `__call`, by lower-cased name. */
	HashTable extra;
	zend_class_arrayaccess_funcs array_access;
} at_handle_class;

static ZEND_NAMED_FUNCTION(call_stub)
{
	if (UNEXPECTED(at_body_actor_call(execute_data, return_value))) {
		zend_bailout();
	}
}

static at_stub *new_stub(zend_class_entry *scope, zend_function *real, zend_string *name, zend_string *method, bool async)
{
	at_stub *stub = pecalloc(1, sizeof(at_stub), 1);
	zend_internal_function *function = &stub->function;

	function->type = ZEND_INTERNAL_FUNCTION;
	function->function_name = name;
	function->scope = scope;
	function->handler = call_stub;
	function->fn_flags = ZEND_ACC_PUBLIC | ZEND_ACC_NEVER_CACHE;
	if (real) {
		function->scope = real->common.scope;
		function->fn_flags = (real->common.fn_flags & (ZEND_ACC_PPP_MASK | ZEND_ACC_VARIADIC | ZEND_ACC_CTOR | ZEND_ACC_DEPRECATED))
			| ZEND_ACC_NEVER_CACHE;
		if (ZEND_USER_CODE(real->type) || (real->common.fn_flags & ZEND_ACC_USER_ARG_INFO)) {
			function->fn_flags |= ZEND_ACC_USER_ARG_INFO;
		}
		function->num_args = real->common.num_args;
		function->required_num_args = real->common.required_num_args;
		function->arg_info = (zend_internal_arg_info *) real->common.arg_info;
		function->attributes = real->common.attributes;
	}
#if PHP_VERSION_ID >= 80400
	function->T = ZEND_OBSERVER_ENABLED ? 1 : 0;
#endif
#if PHP_VERSION_ID >= 80200
	if (zend_internal_run_time_cache_reserved_size()) {
		ZEND_MAP_PTR_INIT(function->run_time_cache, pecalloc(1, zend_internal_run_time_cache_reserved_size(), 1));
	}
#endif
	zend_set_function_arg_flags((zend_function *) function);
	stub->method = method;
	stub->real = real;
	stub->async = async;
	return stub;
}

static void free_stub(zval *value)
{
	at_stub *stub = Z_PTR_P(value);

	if (ZEND_MAP_PTR(stub->function.run_time_cache)) {
		pefree(ZEND_MAP_PTR(stub->function.run_time_cache), 1);
	}
	pefree(stub, 1);
}

static void free_extra_stub(zval *value)
{
	at_stub *stub = Z_PTR_P(value);

	zend_string_release(stub->function.function_name);
	if (!stub->real) {
		zend_string_release(stub->method);
	}
	free_stub(value);
}

static void free_class(zval *value)
{
	at_handle_class *class = Z_PTR_P(value);
	zend_function *function;

	ZEND_HASH_FOREACH_PTR(&class->entry.function_table, function) {
		if (function->type == ZEND_INTERNAL_FUNCTION && function->internal_function.handler == call_stub) {
			zval stub;

			ZVAL_PTR(&stub, function);
			free_stub(&stub);
		}
	} ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&class->entry.function_table);
	zend_hash_destroy(&class->extra);
	pefree(class, 1);
}

static zend_object_iterator *refuse_iteration(zend_class_entry *class, zval *object, int by_ref)
{
	zend_throw_error(NULL, "Cannot iterate over an actor of class %s from outside: call a method that gives an array", ZSTR_VAL(class->name));
	return NULL;
}

static zend_function *stub_of(zend_class_entry *class, zend_function *real)
{
	zend_string *key;
	zend_function *stub;

	if (!real) {
		return NULL;
	}
	key = zend_string_tolower(real->common.function_name);
	stub = zend_hash_find_ptr(&class->function_table, key);
	zend_string_release(key);
	return stub;
}

static at_handle_class *make_class(zend_class_entry *real)
{
	at_handle_class *class = pecalloc(1, sizeof(at_handle_class), 1);
	zend_class_entry *entry = &class->entry;
	zend_string *key;
	zend_function *function;

	/* Statics and constants are shared with the real class, so they have to exist before the copy. */
	if (!(real->ce_flags & ZEND_ACC_CONSTANTS_UPDATED)) {
		zend_update_class_constants(real);
	}
	if (real->default_static_members_count && !CE_STATIC_MEMBERS(real)) {
		zend_class_init_statics(real);
	}
	*entry = *real;
	entry->parent = real;
	entry->ce_flags &= ~(ZEND_ACC_FINAL | ZEND_ACC_IMMUTABLE | ZEND_ACC_CACHED | ZEND_ACC_CACHEABLE);
	entry->ce_flags |= ZEND_ACC_CONSTANTS_UPDATED | ZEND_ACC_NOT_SERIALIZABLE | ZEND_ACC_NO_DYNAMIC_PROPERTIES;
	entry->inheritance_cache = NULL;
	entry->constants_table = *CE_CONSTANTS_TABLE(real);
	ZEND_MAP_PTR_INIT(entry->mutable_data, NULL);

	zend_hash_init(&entry->function_table, zend_hash_num_elements(&real->function_table), NULL, NULL, 1);
	zend_hash_init(&class->extra, 0, NULL, free_extra_stub, 1);
	ZEND_HASH_FOREACH_STR_KEY_PTR(&real->function_table, key, function) {
		if (!(function->common.fn_flags & ZEND_ACC_STATIC)) {
			function = (zend_function *) new_stub(real, function, function->common.function_name, function->common.function_name, false);
		}
		/* Keys of class tables are interned or live as long as the class. */
		zend_hash_add_new_ptr(&entry->function_table, key, function);
	} ZEND_HASH_FOREACH_END();

	entry->constructor = stub_of(entry, real->constructor);
	entry->destructor = NULL;
	entry->clone = NULL;
	entry->__get = stub_of(entry, real->__get);
	entry->__set = stub_of(entry, real->__set);
	entry->__unset = stub_of(entry, real->__unset);
	entry->__isset = stub_of(entry, real->__isset);
	entry->__call = stub_of(entry, real->__call);
	entry->__tostring = stub_of(entry, real->__tostring);
	entry->__debugInfo = NULL;
	entry->__serialize = NULL;
	entry->__unserialize = NULL;
	entry->iterator_funcs_ptr = NULL;
	if (entry->get_iterator) {
		entry->get_iterator = refuse_iteration;
	}
	if (real->arrayaccess_funcs_ptr) {
		class->array_access.zf_offsetget = stub_of(entry, real->arrayaccess_funcs_ptr->zf_offsetget);
		class->array_access.zf_offsetexists = stub_of(entry, real->arrayaccess_funcs_ptr->zf_offsetexists);
		class->array_access.zf_offsetset = stub_of(entry, real->arrayaccess_funcs_ptr->zf_offsetset);
		class->array_access.zf_offsetunset = stub_of(entry, real->arrayaccess_funcs_ptr->zf_offsetunset);
		entry->arrayaccess_funcs_ptr = &class->array_access;
	}
	return class;
}

static at_handle_class *handle_class(zend_class_entry *real)
{
	at_handle_class *class;

	if (!classes) {
		classes = pemalloc(sizeof(HashTable), 1);
		zend_hash_init(classes, 8, NULL, free_class, 1);
	}
	class = zend_hash_index_find_ptr(classes, (zend_ulong) (uintptr_t) real);
	if (!class) {
		class = make_class(real);
		zend_hash_index_add_new_ptr(classes, (zend_ulong) (uintptr_t) real, class);
	}
	return class;
}

void at_actor_forget_classes(void)
{
	if (classes) {
		zend_hash_destroy(classes);
		pefree(classes, 1);
		classes = NULL;
	}
	making = NULL;
}

static bool is_handle(const zend_object *object)
{
	return object->handlers == &handle_handlers;
}

/* Only handles' classes have a parent that is not their name's owner: they share the name. */
static bool is_handle_class(zend_class_entry *class)
{
	return classes && class->parent && zend_hash_index_find_ptr(classes, (zend_ulong) (uintptr_t) class->parent) == class;
}

zend_class_entry *at_actor_real_class(zend_class_entry *class)
{
	return is_handle_class(class) ? class->parent : class;
}

zend_object *at_actor_new_handle(zend_class_entry *class, void *payload)
{
	at_handle *handle;
	int i;

	class = &handle_class(at_actor_real_class(class))->entry;
	handle = zend_object_alloc(sizeof(at_handle), class);
	handle->payload = payload;
	zend_object_std_init(&handle->std, class);
	for (i = 0; i < class->default_properties_count; i++) {
		ZVAL_UNDEF(&handle->std.properties_table[i]);
		Z_PROP_FLAG_P(&handle->std.properties_table[i]) = 0;
	}
	handle->std.handlers = &handle_handlers;
	return &handle->std;
}

static zend_object *create(zend_class_entry *class)
{
	class = at_actor_real_class(class);
	if (making == class) {
		zend_object *object = zend_objects_new(class);

		making = NULL;
		object_properties_init(object, class);
		object->handlers = zend_get_std_object_handlers();
		return object;
	}
	return at_actor_new_handle(class, NULL);
}

bool at_is_actor(const zend_class_entry *class)
{
	return class->type == ZEND_USER_CLASS && class->create_object == create;
}

void at_actor_instantiate(zval *to, zend_class_entry *class)
{
	making = class;
	object_init_ex(to, class);
	making = NULL;
}

void **at_actor_payload(zend_object *object)
{
	return is_handle(object) ? &((at_handle *) ((char *) object - XtOffsetOf(at_handle, std)))->payload : NULL;
}

at_stub *at_actor_stub(zend_execute_data *frame)
{
	return (at_stub *) frame->func;
}

uint32_t at_actor_args(zend_execute_data *frame, zval *named)
{
	uint32_t total = ZEND_CALL_NUM_ARGS(frame), count = 0;
	zval *args = ZEND_CALL_ARG(frame, 1);

	while (count < total && !Z_ISUNDEF(args[count])) {
		count++;
	}
	ZVAL_NULL(named);
	if (count == total && !(ZEND_CALL_INFO(frame) & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS)) {
		return count;
	}
	array_init(named);
	for (uint32_t i = count; i < total; i++) {
		if (!Z_ISUNDEF(args[i]) && i < frame->func->common.num_args) {
			zend_string *name;

			if (frame->func->common.fn_flags & ZEND_ACC_USER_ARG_INFO) {
				name = zend_string_copy(((zend_arg_info *) frame->func->common.arg_info)[i].name);
			} else {
				const char *text = frame->func->internal_function.arg_info[i].name;

				name = zend_string_init(text, strlen(text), 0);
			}
			Z_TRY_ADDREF(args[i]);
			zend_hash_update(Z_ARRVAL_P(named), name, &args[i]);
			zend_string_release(name);
		}
	}
	if (ZEND_CALL_INFO(frame) & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS) {
		zend_hash_copy(Z_ARRVAL_P(named), frame->extra_named_params, zval_add_ref);
	}
	return count;
}

zend_string *at_actor_by_reference(zend_function *function)
{
	uint32_t count = function->common.num_args + ((function->common.fn_flags & ZEND_ACC_VARIADIC) ? 1 : 0);

	if (!ZEND_USER_CODE(function->type)) {
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (ARG_SHOULD_BE_SENT_BY_REF(function, i + 1)) {
			return function->op_array.arg_info[i].name;
		}
	}
	return NULL;
}

void at_call_method(zend_object *object, zend_function *method, zval *result, uint32_t count, zval *args, HashTable *named)
{
	zend_call_known_function(method, object, object->ce, result, count, args, named);
}

/* Object handlers of handles. */

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

static zend_function *get_method(zend_object **object, zend_string *name, const zval *key)
{
	at_handle_class *class = (at_handle_class *) (*object)->ce;
	zend_string *lower = key ? zend_string_copy(Z_STR_P(key)) : zend_string_tolower(name);
	zend_function *function = zend_hash_find_ptr(&class->entry.function_table, lower);
	zend_string *base;

	if (function) {
		if (!(function->common.fn_flags & ZEND_ACC_PUBLIC)) {
			zend_throw_error(NULL, "Call to %s method %s::%s() of an actor: only public methods are messages",
				(function->common.fn_flags & ZEND_ACC_PRIVATE) ? "private" : "protected", ZSTR_VAL(class->entry.name), ZSTR_VAL(function->common.function_name));
			function = NULL;
		}
		goto out;
	}
	function = zend_hash_find_ptr(&class->extra, lower);
	if (function) {
		goto out;
	}
	if (ZSTR_LEN(lower) > 5 && !memcmp(ZSTR_VAL(lower) + ZSTR_LEN(lower) - 5, "async", 5)) {
		zend_function *target;

		base = zend_string_init(ZSTR_VAL(lower), ZSTR_LEN(lower) - 5, 0);
		target = zend_hash_find_ptr(&class->entry.function_table, base);
		zend_string_release(base);
		if (target && (target->common.fn_flags & (ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)) == ZEND_ACC_PUBLIC) {
			zend_function *real = ((at_stub *) target)->real;

			function = (zend_function *) new_stub(class->entry.parent, real, zend_string_dup(name, 1), real->common.function_name, true);
		} else if (class->entry.__call) {
			function = (zend_function *) new_stub(class->entry.parent, NULL, zend_string_dup(name, 1),
				zend_string_init(ZSTR_VAL(name), ZSTR_LEN(name) - 5, 1), true);
		}
	} else if (class->entry.__call) {
		function = (zend_function *) new_stub(class->entry.parent, NULL, zend_string_dup(name, 1), zend_string_dup(name, 1), false);
	}
	if (function) {
		zend_string *stored = zend_string_dup(lower, 1);

		if (!((at_stub *) function)->real) {
			function->common.fn_flags |= ZEND_ACC_VARIADIC;
		}
		zend_hash_add_new_ptr(&class->extra, stored, function);
		zend_string_release(stored);
	}
out:
	zend_string_release(lower);
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
		zval argument;

		ZVAL_STR(&argument, name);
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
		void **a = at_actor_payload(Z_OBJ_P(one)), **b = at_actor_payload(Z_OBJ_P(other));

		return a && b && *a && *b && at_actor_same(*a, *b) ? 0 : ZEND_UNCOMPARABLE;
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

void at_actor_register(zend_class_entry *base)
{
	memcpy(&handle_handlers, &std_object_handlers, sizeof(zend_object_handlers));
	handle_handlers.offset = XtOffsetOf(at_handle, std);
	handle_handlers.free_obj = free_handle;
	handle_handlers.clone_obj = refuse_clone;
	handle_handlers.get_method = get_method;
	handle_handlers.read_property = read_property;
	handle_handlers.write_property = write_property;
	handle_handlers.get_property_ptr_ptr = get_property_pointer;
	handle_handlers.has_property = has_property;
	handle_handlers.unset_property = unset_property;
	handle_handlers.compare = compare;
	handle_handlers.get_properties_for = get_properties_for;
	base->create_object = create;
	base->ce_flags |= ZEND_ACC_NOT_SERIALIZABLE;
}

int at_class_attribute(zend_class_entry *class, const char *lower_name, uint32_t index, const char *parameter, zval *value)
{
	zend_attribute *attribute = NULL;

	for (; class && !attribute; class = class->parent) {
		attribute = zend_get_attribute_str(class->attributes, lower_name, strlen(lower_name));
		if (attribute) {
			break;
		}
	}
	if (!attribute) {
		return 0;
	}
	for (uint32_t i = 0; i < attribute->argc; i++) {
		bool meant = attribute->args[i].name ? zend_string_equals_cstr(attribute->args[i].name, parameter, strlen(parameter)) : i == index;

		if (meant) {
			return zend_get_attribute_value(value, attribute, i, class) == SUCCESS ? 2 : 1;
		}
	}
	return 1;
}
