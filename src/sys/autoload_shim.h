/* Autoloaders: what src/runtime/autoloaders.rs asks of the engine. */
#ifndef ASYNC_THREADS_AUTOLOAD_SHIM_H
#define ASYNC_THREADS_AUTOLOAD_SHIM_H

/* MINIT: spl_autoload_register() and its kin tell Rust first. */
void at_hook_autoload(void);

/* What spl_autoload_functions() and spl_autoload_extensions() give, and the static properties of the classes the loaders belong to: class => name => value. Inside a protected call. */
void at_autoload_state(zval *list, zval *statics, zval *extensions);

/* Sets static properties of classes that this thread has not used yet. Inside a protected call. */
void at_autoload_set_statics(HashTable *statics);

/* A class's own table of static properties in this thread, if it has been made. */
zval *at_statics_of_class(const zend_class_entry *ce, int *count);

enum at_autoload_use { AT_AUTOLOAD_ASKS, AT_AUTOLOAD_REGISTERS, AT_AUTOLOAD_CHANGES };

/* Implemented in Rust. 0: go on; else an exception is in flight (1) or the engine is to bail out (2). */
int at_autoloaders_wanted(int use);

#endif
