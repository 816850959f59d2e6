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

/* Finds a name in a table with lower-case keys. */
zval *at_find_lower(const HashTable *table, const char *name, size_t length);

#endif
