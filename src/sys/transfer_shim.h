/* Engine macros and inline functions that src/transfer needs. In a thread attached to PHP, inside a request. */
#ifndef ASYNC_THREADS_TRANSFER_SHIM_H
#define ASYNC_THREADS_TRANSFER_SHIM_H

/* Gives the object a table of properties whose entries point to its slots. */
void at_rebuild_properties(zend_object *object);

#endif
