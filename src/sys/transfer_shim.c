/* Engine macros and inline functions as functions, for src/transfer. See transfer_shim.h. */
#include "engine.h"
#include "ext/spl/spl_heap.h"

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

static zend_class_entry *spl_base(const zend_class_entry *class)
{
	if (instanceof_function(class, spl_ce_SplPriorityQueue)) {
		return spl_ce_SplPriorityQueue;
	}
	return instanceof_function(class, spl_ce_SplHeap) ? spl_ce_SplHeap : NULL;
}

static void call(zend_object *object, zend_class_entry *class, const char *method, zval *result, uint32_t count, zval *args)
{
	zend_function *function = zend_hash_str_find_ptr(&class->function_table, method, strlen(method));

	zend_call_known_function(function, object, object ? object->ce : class, result, count, args, NULL);
}

/* A private property of `class`, as it is in an array made of an object. */
static zval *private_of(HashTable *properties, zend_class_entry *class, const char *name)
{
	zend_string *mangled = zend_mangle_property_name(ZSTR_VAL(class->name), ZSTR_LEN(class->name), name, strlen(name), false);
	zval *found = zend_hash_find(properties, mangled);

	zend_string_release(mangled);
	return found;
}

bool at_spl_has_elements(const zend_class_entry *class)
{
	return spl_base(class) != NULL;
}

bool at_spl_elements(zend_object *object, zval *to)
{
	zend_class_entry *base = spl_base(object->ce);
	zval info, *flags, *heap;
	bool whole;

	ZVAL_UNDEF(&info);
	call(object, base, "__debuginfo", &info, 0, NULL);
	if (EG(exception)) {
		zval_ptr_dtor(&info);
		return false;
	}
	whole = Z_TYPE_P(private_of(Z_ARRVAL(info), base, "isCorrupted")) != IS_TRUE;
	flags = private_of(Z_ARRVAL(info), base, "flags");
	heap = private_of(Z_ARRVAL(info), base, "heap");
	array_init_size(to, 2);
	Z_TRY_ADDREF_P(heap);
	zend_hash_next_index_insert(Z_ARRVAL_P(to), flags);
	zend_hash_next_index_insert(Z_ARRVAL_P(to), heap);
	zval_ptr_dtor(&info);
	return whole;
}

void at_spl_insert(zend_object *object, zval *elements)
{
	zend_class_entry *base = spl_base(object->ce);
	zval *element, result;

	/* A valid heap stays as it is when its elements are inserted in its order. */
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(zend_hash_index_find(Z_ARRVAL_P(elements), 1)), element) {
		ZVAL_UNDEF(&result);
		if (base == spl_ce_SplPriorityQueue) {
			zval args[2];

			ZVAL_COPY_VALUE(&args[0], zend_hash_str_find(Z_ARRVAL_P(element), ZEND_STRL("data")));
			ZVAL_COPY_VALUE(&args[1], zend_hash_str_find(Z_ARRVAL_P(element), ZEND_STRL("priority")));
			call(object, base, "insert", &result, 2, args);
		} else {
			call(object, base, "insert", &result, 1, element);
		}
		zval_ptr_dtor(&result);
		if (EG(exception)) {
			return;
		}
	} ZEND_HASH_FOREACH_END();
	if (base == spl_ce_SplPriorityQueue) {
		ZVAL_UNDEF(&result);
		call(object, base, "setextractflags", &result, 1, zend_hash_index_find(Z_ARRVAL_P(elements), 0));
		zval_ptr_dtor(&result);
	}
}

zend_object *at_weak_target(zend_object *reference)
{
	zval result;

	ZVAL_UNDEF(&result);
	call(reference, zend_ce_weakref, "get", &result, 0, NULL);
	if (Z_TYPE(result) != IS_OBJECT) {
		return NULL;
	}
	/* The caller looks at it only while somebody else holds it. */
	if (GC_REFCOUNT(Z_OBJ(result)) == 1) {
		zval_ptr_dtor(&result);
		return NULL;
	}
	GC_DELREF(Z_OBJ(result));
	return Z_OBJ(result);
}

void at_own_arrays(zval *state)
{
	zval *value;

	SEPARATE_ARRAY(state);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(state), value) {
		if (Z_TYPE_P(value) == IS_ARRAY && Z_REFCOUNTED_P(value) && Z_REFCOUNT_P(value) > 1) {
			HashTable *own = zend_array_dup(Z_ARRVAL_P(value));

			Z_DELREF_P(value);
			ZVAL_ARR(value, own);
		}
	} ZEND_HASH_FOREACH_END();
}

zend_array *at_dynamic_properties(const zend_array *table)
{
	zend_array *own = zend_new_array(zend_hash_num_elements(table));
	zend_string *name;
	zval *value;

	ZEND_HASH_FOREACH_STR_KEY_VAL(table, name, value) {
		if (name && Z_TYPE_P(value) != IS_INDIRECT) {
			Z_TRY_ADDREF_P(value);
			zend_hash_add_new(own, name, value);
		}
	} ZEND_HASH_FOREACH_END();
	return own;
}

void at_weak_create(zval *to, zend_object *target)
{
	zval arg;

	ZVAL_OBJ(&arg, target);
	ZVAL_UNDEF(to);
	call(NULL, zend_ce_weakref, "create", to, 1, &arg);
}

void at_weak_map(zval *to)
{
	object_init_ex(to, zend_hash_str_find_ptr(CG(class_table), ZEND_STRL("weakmap")));
}

void at_weak_entries(zend_object *map, zval *to)
{
	ZVAL_ARR(to, map->handlers->get_properties_for(map, ZEND_PROP_PURPOSE_DEBUG));
}

void at_weak_insert(zend_object *map, zend_object *key, zval *value)
{
	zval offset;

	ZVAL_OBJ(&offset, key);
	map->handlers->write_dimension(map, &offset, value);
}

void at_put_object(zval *place, zend_object *object)
{
	zval old, value;

	ZVAL_OBJ_COPY(&value, object);
	if (Z_ISREF_P(place)) {
		if (ZEND_REF_HAS_TYPE_SOURCES(Z_REF_P(place))) {
			zend_try_assign_typed_ref_zval(Z_REF_P(place), &value);
			return;
		}
		place = Z_REFVAL_P(place);
	}
	ZVAL_COPY_VALUE(&old, place);
	ZVAL_COPY_VALUE(place, &value);
	zval_ptr_dtor(&old);
}

void at_put_property(zend_object *holder, zend_string *name, zend_ulong number, zend_object *object)
{
	zval *place;

	if (!holder->properties) {
		at_rebuild_properties(holder);
	} else if (GC_REFCOUNT(holder->properties) > 1) {
		GC_TRY_DELREF(holder->properties);
		holder->properties = zend_array_dup(holder->properties);
	}
	place = name ? zend_hash_lookup(holder->properties, name) : zend_hash_index_lookup(holder->properties, number);
	at_put_object(Z_TYPE_P(place) == IS_INDIRECT ? Z_INDIRECT_P(place) : place, object);
}

at_collector at_replace_collector(at_collector with)
{
	at_collector before = gc_collect_cycles;

	gc_collect_cycles = with;
	return before;
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

/* Whether a declaration of the class is on the stack: the autoloader that it waits for would come back to a class that is linked already. */
static bool is_being_declared(const zend_string *key)
{
	for (const zend_execute_data *ex = EG(current_execute_data); ex; ex = ex->prev_execute_data) {
		const zend_op *opline;

		if (!ex->func || !ZEND_USER_CODE(ex->func->type)) {
			continue;
		}
		opline = ex->opline;
		if (opline->opcode == ZEND_DECLARE_ANON_CLASS && zend_string_equals(Z_STR_P(RT_CONSTANT(opline, opline->op1)), key)) {
			return true;
		}
	}
	return false;
}

zend_class_entry *at_link_anonymous(const char *name, size_t length)
{
	const uint32_t begun = ZEND_ACC_LINKED | ZEND_ACC_RESOLVED_PARENT | ZEND_ACC_RESOLVED_INTERFACES | ZEND_ACC_UNRESOLVED_VARIANCE
		| ZEND_ACC_NEARLY_LINKED;
	zend_string *key = zend_string_alloc(length, 0);
	zend_class_entry *class = NULL;
	zval *found;

	zend_str_tolower_copy(ZSTR_VAL(key), name, length);
	found = zend_hash_find(EG(class_table), key);
	if (found && (Z_CE_P(found)->ce_flags & (ZEND_ACC_ANON_CLASS | begun)) == ZEND_ACC_ANON_CLASS && !is_being_declared(key)) {
		class = zend_do_link_class(Z_CE_P(found), NULL, key);
	}
	zend_string_release(key);
	return class;
}
