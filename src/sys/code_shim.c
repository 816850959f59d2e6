/* What src/code needs of the engine's inline functions. See code_shim.h. */
#include "engine.h"

ZEND_TSRMLS_CACHE_EXTERN()

void *at_code_arena_calloc(size_t size)
{
	return zend_arena_calloc(&CG(arena), 1, size);
}
