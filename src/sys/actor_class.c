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
extern void at_stub_forgotten(const void *known);


/* Real class entry (as a number) → at_handle_class. */
static __thread HashTable *classes;
/* Deprecated method (as a number) → a copy that does not say so. */
static __thread HashTable *undeprecated;
/* The class an instance is being made of right now. */
static __thread zend_class_entry *making;
/* Where a stub finds itself in copies the engine makes of it for closures. */
static int own_slot = -1;

static ZEND_NAMED_FUNCTION(call_stub);

/* A stub whose $this is an instance: a closure of a handle's method that was bound to one. */
static void call_on_instance(at_stub *stub, zend_execute_data *execute_data, zval *return_value)
{
	zend_object *instance = Z_OBJ(EX(This));
	zval *args = ZEND_CALL_ARG(execute_data, 1), named, by_name[2];
	uint32_t count;

	if (stub->async) {
		zend_throw_error(NULL, "%s::%s() sends a message; on the instance itself there is none to send", ZSTR_VAL(instance->ce->name),
			ZSTR_VAL(stub->function.function_name));
		return;
	}
	count = at_actor_args(execute_data, &named);
	if (stub->real) {
		at_call_method(instance, stub->real, return_value, count, args, Z_TYPE(named) == IS_ARRAY ? Z_ARRVAL(named) : NULL);
	} else if (instance->ce->__call) {
		if (Z_TYPE(named) != IS_ARRAY) {
			array_init(&named);
		}
		ZVAL_STR(&by_name[0], stub->method);
		array_init_size(&by_name[1], count);
		for (uint32_t i = 0; i < count; i++) {
			Z_TRY_ADDREF(args[i]);
			add_next_index_zval(&by_name[1], &args[i]);
		}
		zend_hash_copy(Z_ARRVAL(by_name[1]), Z_ARRVAL(named), zval_add_ref);
		zend_call_known_function(instance->ce->__call, instance, instance->ce, return_value, 2, by_name, NULL);
		zval_ptr_dtor(&by_name[1]);
	} else {
		zend_throw_error(NULL, "Call to undefined method %s::%s()", ZSTR_VAL(instance->ce->name), ZSTR_VAL(stub->method));
	}
	zval_ptr_dtor(&named);
}

ZEND_COLD void at_refuse_method(const zend_class_entry *class, const zend_function *method)
{
	zend_throw_error(NULL, "Call to %s method %s::%s() of an actor: only public methods are messages",
		(method->common.fn_flags & ZEND_ACC_PRIVATE) ? "private" : "protected", ZSTR_VAL(class->name),
		ZSTR_VAL(method->common.function_name));
}

/* Debug builds of PHP hold that internal functions throw when the number of arguments does not fit. A stub takes any, as the method may; with no function in the
 * frame they do not ask. Closures have a handler of their own that needs it, and are not asked; observers need it, too. */
static zend_always_inline void takes_any_number(zend_execute_data *execute_data)
{
#if ZEND_DEBUG
	uint32_t count = EX_NUM_ARGS();
	const zend_internal_function *function = &EX(func)->internal_function;
	bool fits = count >= function->required_num_args && (count <= function->num_args || (function->fn_flags & ZEND_ACC_VARIADIC));

	if (!fits && !EG(exception) && function->handler == call_stub && !ZEND_OBSERVER_ENABLED) {
		EX(func) = NULL;
	}
#endif
}

static ZEND_NAMED_FUNCTION(call_stub)
{
	if (UNEXPECTED(Z_TYPE(EX(This)) != IS_OBJECT)) {
		zend_throw_error(NULL, "A method of an actor cannot be called without its object");
		return;
	}
	if (UNEXPECTED(!at_is_handle(Z_OBJ(EX(This))))) {
		call_on_instance(at_actor_stub(execute_data), execute_data, return_value);
		takes_any_number(execute_data);
		return;
	}
	/* Those who look a method up by themselves, as callables do, ask only who may see it. */
	if (UNEXPECTED((EX(func)->common.fn_flags & (ZEND_ACC_PRIVATE | ZEND_ACC_PROTECTED)) && !(EX(func)->common.fn_flags & ZEND_ACC_CTOR))) {
		at_refuse_method(Z_OBJ(EX(This))->ce, EX(func));
		return;
	}
	if (UNEXPECTED(at_body_actor_call(execute_data, return_value))) {
		zend_bailout();
	}
	takes_any_number(execute_data);
}

static at_stub *new_stub(at_handle_class *class, zend_class_entry *scope, zend_function *real, zend_string *name, zend_string *method, bool async)
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
	function->reserved[own_slot] = stub;
	stub->next = class->stubs;
	class->stubs = stub;
	return stub;
}

static void free_extra_stub(zval *value)
{
	at_stub *stub = Z_PTR_P(value);

	zend_string_release(stub->function.function_name);
	if (!stub->real) {
		zend_string_release(stub->method);
	}
}

static void free_class(zval *value)
{
	at_handle_class *class = Z_PTR_P(value);

	zend_hash_destroy(&class->entry.function_table);
	zend_hash_destroy(&class->extra);
	for (at_stub *stub = class->stubs, *next; stub; stub = next) {
		next = stub->next;
		if (ZEND_MAP_PTR(stub->function.run_time_cache)) {
			pefree(ZEND_MAP_PTR(stub->function.run_time_cache), 1);
		}
		if (stub->known) {
			at_stub_forgotten(stub->known);
		}
		pefree(stub, 1);
	}
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
			function = (zend_function *) new_stub(class, real, function, function->common.function_name, function->common.function_name, false);
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
	/* Also where the class cannot be iterated over: its properties are not here. */
	entry->get_iterator = refuse_iteration;
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
	if (undeprecated) {
		zend_hash_destroy(undeprecated);
		pefree(undeprecated, 1);
		undeprecated = NULL;
	}
	making = NULL;
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
	handle->std.handlers = &at_handle_handlers;
	return &handle->std;
}

static zend_object *create(zend_class_entry *class)
{
	class = at_actor_real_class(class);
	if (making == class) {
		zend_object *object = zend_objects_new(class);

		making = NULL;
		object_properties_init(object, class);
		object->handlers = &at_instance_handlers;
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
	/* First: it may run user code, which may make actors of its own. */
	if (!(class->ce_flags & ZEND_ACC_CONSTANTS_UPDATED) && zend_update_class_constants(class) != SUCCESS) {
		return;
	}
	making = class;
	object_init_ex(to, class);
	making = NULL;
}

at_stub *at_actor_stub(zend_execute_data *frame)
{
	return frame->func->internal_function.reserved[own_slot];
}

at_stub *at_stub_of(const zend_function *function)
{
	return function->type == ZEND_INTERNAL_FUNCTION ? function->internal_function.reserved[own_slot] : NULL;
}

at_stub *at_extra_stub(at_handle_class *class, zend_string *name, zend_string *lower)
{
	at_stub *stub = NULL;
	size_t length = ZSTR_LEN(lower);

	if (length > 5 && !memcmp(ZSTR_VAL(lower) + length - 5, "async", 5)) {
		at_stub *target = zend_hash_str_find_ptr(&class->entry.function_table, ZSTR_VAL(lower), length - 5);

		if (target && (target->function.fn_flags & (ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)) == ZEND_ACC_PUBLIC) {
			stub = new_stub(class, class->entry.parent, target->real, zend_string_dup(name, 1), target->real->common.function_name, true);
		} else if (class->entry.__call) {
			stub = new_stub(class, class->entry.parent, NULL, zend_string_dup(name, 1), zend_string_init(ZSTR_VAL(name), length - 5, 1), true);
		}
	} else if (class->entry.__call) {
		stub = new_stub(class, class->entry.parent, NULL, zend_string_dup(name, 1), zend_string_dup(name, 1), false);
	}
	if (stub) {
		/* As it was written: `__call` is told so. */
		zend_string *key = zend_string_dup(name, 1);

		if (!stub->real) {
			stub->function.fn_flags |= ZEND_ACC_VARIADIC;
		}
		zend_hash_add_new_ptr(&class->extra, key, stub);
		zend_string_release(key);
	}
	return stub;
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

static void free_copy(zval *value)
{
	pefree(Z_PTR_P(value), 1);
}

/* `method` for a call of which the stub has reported that it is deprecated. Generators outlive their calls, so copies stay as long as objects may. */
static zend_function *without_deprecation(zend_function *method)
{
	zend_ulong key = (zend_ulong) (uintptr_t) method;
	zend_function *copy;

	if (!undeprecated) {
		undeprecated = pemalloc(sizeof(HashTable), 1);
		zend_hash_init(undeprecated, 8, NULL, free_copy, 1);
	}
	copy = zend_hash_index_find_ptr(undeprecated, key);
	if (!copy) {
		copy = pemalloc(sizeof(zend_op_array), 1);
		memcpy(copy, method, sizeof(zend_op_array));
		copy->common.fn_flags &= ~ZEND_ACC_DEPRECATED;
		zend_hash_index_add_new_ptr(undeprecated, key, copy);
	}
	return copy;
}

void at_call_method(zend_object *object, zend_function *method, zval *result, uint32_t count, zval *args, HashTable *named)
{
	if (UNEXPECTED(method->common.fn_flags & ZEND_ACC_DEPRECATED) && method->type == ZEND_USER_FUNCTION) {
		method = without_deprecation(method);
	}
	zend_call_known_function(method, object, object->ce, result, count, args, named);
}

zend_function *at_handle_function(zend_class_entry *class, zend_class_entry *scope, const char *name, size_t length)
{
	at_handle_class *handles = handle_class(at_actor_real_class(class ? class : scope));
	zend_string *text = zend_string_init(name, length, 0), *lower = zend_string_tolower(text);
	at_stub *stub = zend_hash_find_ptr(&handles->entry.function_table, lower);

	if (!stub) {
		stub = zend_hash_find_ptr(&handles->extra, text);
	}
	if (!stub) {
		stub = at_extra_stub(handles, text, lower);
	}
	zend_string_release(lower);
	zend_string_release(text);
	return stub && !(stub->function.fn_flags & ZEND_ACC_STATIC) && (!stub->real || stub->real->common.scope == scope) ? (zend_function *) stub : NULL;
}

static zend_object *refuse_creation(zend_class_entry *class)
{
	zend_throw_error(NULL, "Actors cannot be used: too many extensions that extend functions are loaded");
	return zend_objects_new(class);
}

void at_actor_register(zend_class_entry *base)
{
	own_slot = zend_get_resource_handle("async_threads");
	if (own_slot < 0) {
		base->create_object = refuse_creation;
		return;
	}
	at_handle_startup();
	base->create_object = create;
	base->ce_flags |= ZEND_ACC_NOT_SERIALIZABLE;
	at_actor_wrap();
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
