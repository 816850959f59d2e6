/* One function per engine macro or inline function, no policy. All of them: in a thread attached to PHP, unless said otherwise. */
#ifndef ASYNC_THREADS_SHIM_H
#define ASYNC_THREADS_SHIM_H

/* Threads and globals. at_tsrm_* are for any thread. */
void at_tsrm_attach(void);
void at_tsrm_detach(void);
void at_tsrm_cache_update(void);
zend_executor_globals *at_eg(void);
zend_compiler_globals *at_cg(void);
php_core_globals *at_pg(void);
sapi_globals_struct *at_sg(void);
php_basic_globals *at_bg(void);

/* Bailouts. */
int at_protect(void (*body)(void *), void *data);
ZEND_NORETURN void at_bailout(void);
bool at_unclean_shutdown(void);

/* Memory. */
void *at_emalloc(size_t size);
void *at_erealloc(void *pointer, size_t size);
void at_efree(void *pointer);
void *at_malloc(size_t size);
void at_free(void *pointer);

/* Strings. */
zend_string *at_string_init(const char *bytes, size_t length, bool persistent);
zend_string *at_string_alloc(size_t length, bool persistent);
zend_ulong at_string_hash(zend_string *string);
void at_string_release(zend_string *string);

/* Values. */
void at_zval_dtor(zval *value);
void at_zval_copy(zval *to, const zval *from);
void at_zval_copy_deref(zval *to, zval *from);
void at_zval_string(zval *to, const char *bytes, size_t length);
void at_zval_str_copy(zval *to, zend_string *string);
zval *at_deref(zval *value);
bool at_is_true(zval *value);
zend_reference *at_new_reference(void);

/* Arrays. */
HashTable *at_new_array(uint32_t size);
void at_array_real_init_packed(HashTable *array);
void at_array_real_init_mixed(HashTable *array);

/* Objects and classes. */
size_t at_object_properties_size(zend_class_entry *class);
void *at_object_alloc(size_t size, zend_class_entry *class);
zval *at_static_members(zend_class_entry *class);
HashTable *at_class_constants(zend_class_entry *class);

/* Map pointers: slots that hold one value per thread. */
void *at_map_ptr_get(void *slot);
void at_map_ptr_set(void *slot, void *value);
size_t at_map_ptr_last(void);

/* Errors. */
void at_error(int kind, const char *message);
void at_throw(zend_class_entry *class, const char *message, zend_long code);
void at_throw_error(zend_class_entry *class, const char *message);
void at_argument_error(zend_class_entry *class, uint32_t number, const char *message);

void at_take_exception(void);
void at_clear_last_error(void);
bool at_instanceof(const zend_class_entry *instance, const zend_class_entry *class);
const char *at_type_name(const zval *value);

/* Exceptions as objects. The texts are owned by the object or interned; the trace is a new string for the caller to release. */
void at_exception_new(zval *to, zend_class_entry *class, zend_string *message, zend_long code, zval *previous);
void at_exception_set_place(zval *exception, zend_string *file, zend_long line);
zval *at_exception_property(zval *exception, const char *name, zval *slot);
void at_exception_trace(zval *exception, zval *trace);
zval *at_private_property(zval *object, const char *name, zval *slot);
void at_set_private_property(zval *object, const char *name, zval *value);

/* Constants of the command line. */
void at_register_std_streams(void);

/* The collector. */
void at_gc_buffer_add(zend_get_gc_buffer *buffer, zval *value);
void at_gc_buffer_use(zend_get_gc_buffer *buffer, zval **table, int *count);

/* Calls. */
uint32_t at_frame_arg_count(zend_execute_data *frame);
zval *at_frame_args(zend_execute_data *frame);
zval *at_frame_this(zend_execute_data *frame);
HashTable *at_frame_named_args(zend_execute_data *frame);
void at_call(zval *callable, zval *result, uint32_t count, zval *args, HashTable *named);

bool at_is_callable(zval *value);
bool at_parse_int(zval *value, zend_long *result, uint32_t argument);

zend_object_iterator *at_iterator_new(zval *traversable);
bool at_iterator_next(zend_object_iterator *iterator, bool first, zval *key, zval *value);
bool at_array_next(HashTable *array, uint32_t *position, zval *key, zval *value);

/* The interrupt flag of the current thread, and access to such a flag from any thread. */
void *at_vm_interrupt_flag(void);
void at_vm_interrupt_raise(void *flag);
bool at_vm_interrupt_is_raised(void);
void at_run_interrupts(void);
void at_hook_interrupt(void);

/* MINIT: puts `replacement` into the place of an internal function, or of a method in its class's table (which may be NULL), if there is such a one. */
void at_replace_in(HashTable *functions, const char *name, zif_handler *original, zif_handler replacement);
void at_replace_function(const char *name, zif_handler *original, zif_handler replacement);

/* src/sys/time_limit.c */
void at_time_limit_startup(void);
void at_time_limit_request_start(void);
void at_time_limit_request_end(void);
void at_time_limit_lift(void);


/* The module entry, see module.c. */
zend_module_entry *at_get_module(void);

/* Requests. */
void at_guard_environment(void);
void at_enter_shutdown(void);

/* An error that ends the request is about to be reported. After one for want of memory there is room for the frames of what is called at the end all the
 * same, the wait for threads among it: else a recursion that has filled its last page with frames would be reported a second time there. */
void at_fatal_error(const zend_string *message);
const char *at_php_version(void);
zend_long at_ini_long(const char *name);
const char *at_ini_string(const char *name);

#endif
