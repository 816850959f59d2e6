/* Autoloaders of the creator in its threads. See autoload_shim.h and src/runtime/autoloaders.rs. */
#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

static zif_handler original_register, original_unregister, original_functions, original_call, original_extensions;

static void pass_on(zif_handler original, int use, INTERNAL_FUNCTION_PARAMETERS)
{
	switch (at_autoloaders_wanted(use)) {
		case 0:
			original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
			break;
		case 2:
			at_bailout();
	}
}

static void hooked_register(INTERNAL_FUNCTION_PARAMETERS)
{
	pass_on(original_register, AT_AUTOLOAD_REGISTERS, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static void hooked_unregister(INTERNAL_FUNCTION_PARAMETERS)
{
	pass_on(original_unregister, AT_AUTOLOAD_CHANGES, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static void hooked_functions(INTERNAL_FUNCTION_PARAMETERS)
{
	pass_on(original_functions, AT_AUTOLOAD_ASKS, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static void hooked_call(INTERNAL_FUNCTION_PARAMETERS)
{
	pass_on(original_call, AT_AUTOLOAD_ASKS, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static void hooked_extensions(INTERNAL_FUNCTION_PARAMETERS)
{
	pass_on(original_extensions, ZEND_NUM_ARGS() ? AT_AUTOLOAD_CHANGES : AT_AUTOLOAD_ASKS, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void at_hook_autoload(void)
{
	at_replace_function("spl_autoload_register", &original_register, hooked_register);
	at_replace_function("spl_autoload_unregister", &original_unregister, hooked_unregister);
	at_replace_function("spl_autoload_functions", &original_functions, hooked_functions);
	at_replace_function("spl_autoload_call", &original_call, hooked_call);
	at_replace_function("spl_autoload_extensions", &original_extensions, hooked_extensions);
}

zval *at_statics_of_class(const zend_class_entry *ce, int *count)
{
	*count = ce->default_static_members_count;
	return ce->default_static_members_count ? CE_STATIC_MEMBERS(ce) : NULL;
}

static void add_statics(zend_class_entry *ce, HashTable *to)
{
	zend_property_info *info;
	zend_string *name;
	zval values;

	if (ce->type != ZEND_USER_CLASS || !ce->default_static_members_count || !CE_STATIC_MEMBERS(ce) || zend_hash_exists(to, ce->name)) {
		return;
	}
	array_init(&values);
	ZEND_HASH_MAP_FOREACH_STR_KEY_PTR(&ce->properties_info, name, info) {
		zval *value;

		if (!(info->flags & ZEND_ACC_STATIC) || info->ce != ce) {
			continue;
		}
		value = CE_STATIC_MEMBERS(ce) + info->offset;
		ZVAL_DEINDIRECT(value);
		ZVAL_DEREF(value);
		if (Z_TYPE_P(value) != IS_UNDEF && Z_TYPE_P(value) != IS_CONSTANT_AST) {
			Z_TRY_ADDREF_P(value);
			zend_hash_update(Z_ARRVAL(values), name, value);
		}
	} ZEND_HASH_FOREACH_END();
	zend_hash_add_new(to, ce->name, &values);
}

static zend_class_entry *class_of(zval *loader)
{
	zval *holder = loader;

	if (Z_TYPE_P(loader) == IS_ARRAY) {
		holder = zend_hash_index_find_deref(Z_ARRVAL_P(loader), 0);
	}
	if (!holder) {
		return NULL;
	}
	if (Z_TYPE_P(holder) == IS_STRING && holder != loader) {
		return zend_lookup_class_ex(Z_STR_P(holder), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
	}
	if (Z_TYPE_P(holder) != IS_OBJECT) {
		return NULL;
	}
	if (Z_OBJCE_P(holder) == zend_ce_closure) {
		return zend_get_closure_method_def(Z_OBJ_P(holder))->common.scope;
	}
	return Z_OBJCE_P(holder);
}

static void ask(const char *name, zval *to)
{
	zend_function *function = zend_hash_str_find_ptr(EG(function_table), name, strlen(name));

	if (function) {
		zend_call_known_function(function, NULL, NULL, to, 0, NULL, NULL);
	}
}

void at_autoload_state(zval *list, zval *statics, zval *extensions)
{
	zval *loader;

	array_init(statics);
	ask("spl_autoload_functions", list);
	ask("spl_autoload_extensions", extensions);
	if (Z_TYPE_P(list) != IS_ARRAY) {
		return;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), loader) {
		for (zend_class_entry *ce = class_of(loader); ce; ce = ce->parent) {
			add_statics(ce, Z_ARRVAL_P(statics));
		}
	} ZEND_HASH_FOREACH_END();
}

void at_autoload_set_statics(HashTable *statics)
{
	zend_string *class_name, *name;
	zval *values, *value;

	ZEND_HASH_FOREACH_STR_KEY_VAL(statics, class_name, values) {
		zend_class_entry *ce = class_name ? zend_lookup_class_ex(class_name, NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD) : NULL;

		if (!ce || ce->type != ZEND_USER_CLASS || !ce->default_static_members_count || CE_STATIC_MEMBERS(ce) || Z_TYPE_P(values) != IS_ARRAY) {
			continue;
		}
		ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL_P(values), name, value) {
			if (name) {
				zend_update_static_property_ex(ce, name, value);
			}
			if (EG(exception)) {
				return;
			}
		} ZEND_HASH_FOREACH_END();
	} ZEND_HASH_FOREACH_END();
}
