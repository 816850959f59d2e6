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
