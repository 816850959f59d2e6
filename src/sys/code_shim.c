/* What src/code needs of the engine's inline functions. See code_shim.h. */
#include "engine.h"
#include "ext/date/php_date.h"

ZEND_TSRMLS_CACHE_EXTERN()

void *at_code_arena_calloc(size_t size)
{
	return zend_arena_calloc(&CG(arena), 1, size);
}

void **at_map_ptr_place(size_t slot)
{
#if PHP_VERSION_ID >= 80400
	return (void **) CG(map_ptr_real_base) + zend_map_ptr_static_size + slot;
#else
	return (void **) CG(map_ptr_real_base) + slot;
#endif
}

void at_map_ptr_set_last(size_t last)
{
	CG(map_ptr_last) = last;
}

const char *at_own_timezone(void)
{
	/* The same for all threads, and found before any but the first begins. */
	static const ts_rsrc_id *globals;

	if (UNEXPECTED(!globals)) {
		globals = ((const zend_module_entry *) zend_hash_str_find_ptr(&module_registry, ZEND_STRL("date")))->globals_id_ptr;
	}
	return ((const zend_date_globals *) TSRMG_BULK(*globals, void *))->timezone;
}

bool at_is_user_stream(zend_string *path)
{
	const char *rest;
	const php_stream_wrapper *wrapper = php_stream_locate_url_wrapper(ZSTR_VAL(path), &rest, 0);

	return wrapper && wrapper->wops->label && !strcmp(wrapper->wops->label, "user-space");
}

zend_string *at_resolve_path(zend_string *path)
{
	return zend_resolve_path(path);
}
