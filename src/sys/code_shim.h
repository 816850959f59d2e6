/* Constants of the engine that are macros bindgen cannot read, for src/code. */
#ifndef ASYNC_THREADS_CODE_SHIM_H
#define ASYNC_THREADS_CODE_SHIM_H

enum at_code_constants {
	AT_TYPE_NAME_BIT = _ZEND_TYPE_NAME_BIT,
	AT_TYPE_LIST_BIT = _ZEND_TYPE_LIST_BIT,
	AT_TYPE_ARENA_BIT = _ZEND_TYPE_ARENA_BIT,
	AT_CONSTANT_UNQUALIFIED_IN_NAMESPACE = IS_CONSTANT_UNQUALIFIED_IN_NAMESPACE,
};

/* Memory that lives as long as the request. */
void *at_code_arena_calloc(size_t size);

/* A slot's place in this thread's table of map_ptr slots; the table's size as the engine sees it. */
void **at_map_ptr_place(size_t slot);
void at_map_ptr_set_last(size_t last);

/* What date_default_timezone_set() was called with in this request; NULL: it was not. */
const char *at_own_timezone(void);

/* Whether PHP code opens and reads files of this name. */
bool at_is_user_stream(zend_string *path);

/* The path of the file that an include of this name finds; NULL: the engine has no path for it. To be released. */
zend_string *at_resolve_path(zend_string *path);

_Static_assert(!ZEND_USE_ABS_CONST_ADDR && !ZEND_USE_ABS_JMP_ADDR,
	"constants and jumps of oplines are relative: 64-bit builds only");
_Static_assert(HT_MIN_MASK == (uint32_t) -2, "an unused hash table points behind two hash slots");

#endif
