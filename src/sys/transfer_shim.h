/* Engine macros and inline functions that src/transfer needs. In a thread attached to PHP, inside a request. */
#ifndef ASYNC_THREADS_TRANSFER_SHIM_H
#define ASYNC_THREADS_TRANSFER_SHIM_H

/* Gives the object a table of properties whose entries point to its slots. */
void at_rebuild_properties(zend_object *object);

/* Parts of a closure: its own table of variables or NULL, its $this (perhaps UNDEF), the class it was called on. */
HashTable *at_closure_variables(zend_object *closure);
zval *at_closure_this(zend_object *closure);
zend_class_entry *at_closure_called_scope(zend_object *closure);

/* Makes the closure that `[$object, 'name'](...)` gives for a method that `__call` or `__callStatic` answers, without its $this. */
void at_closure_magic(zval *to, zend_class_entry *scope, zend_class_entry *called_scope, const char *name, size_t length, bool is_static);

/* SplHeap and SplPriorityQueue, which have no serialiser: whether a class descends from them; flags and elements in their inner order, as a new
   array of two, false if the structure is corrupted; and back. Both call methods: an exception may be pending afterwards. */
bool at_spl_has_elements(const zend_class_entry *class);
bool at_spl_elements(zend_object *object, zval *to);
void at_spl_insert(zend_object *object, zval *elements);

/* What a WeakReference refers to, or NULL; a WeakReference to an object; a new WeakMap; its entries as a new list of pairs; a new
   entry. */
zend_object *at_weak_target(zend_object *reference);
void at_weak_create(zval *to, zend_object *target);
void at_weak_map(zval *to);
void at_weak_entries(zend_object *map, zval *to);
void at_weak_insert(zend_object *map, zend_object *key, zval *value);

/* Replaces arrays in an array that others hold, too, by copies. */
void at_own_arrays(zval *state);

/* A new array of the properties in a table of properties that are no slots. */
zend_array *at_dynamic_properties(const zend_array *table);

/* Puts an object in a place that user code may have written to: in the reference, if there is one now. The same for a dynamic property, by its
   name or, without one, its number. Both may run destructors, and throw. */
void at_put_object(zval *place, zend_object *object);
void at_put_property(zend_object *holder, zend_string *name, zend_ulong number, zend_object *object);

/* Puts a function in the place of the cycle collector, and gives the one it was. */
typedef int (*at_collector)(void);
at_collector at_replace_collector(at_collector with);

/* Links the anonymous class of that name, as running its declaration does, if this thread has its code and has not linked it yet. NULL if it has not,
   or if an exception is pending afterwards. May run autoloaders. */
zend_class_entry *at_link_anonymous(const char *name, size_t length);

/* Finds a name in a table with lower-case keys. */
zval *at_find_lower(const HashTable *table, const char *name, size_t length);

#endif
