/* Classes of actors: what the engine has to be told so that `new ChatRoom` makes a handle, and calls on it become messages. See src/zend/actor_class.rs. */
#ifndef ASYNC_THREADS_ACTOR_CLASS_H
#define ASYNC_THREADS_ACTOR_CLASS_H

/* A method of a handle's class. */
typedef struct {
	zend_internal_function function;
	/* The method it stands for, as declared: `postMessage` also for `postMessageAsync`. Owned by `real`, or by the stub for `__call`. */
	zend_string *method;
	/* NULL when only `__call` knows the method. */
	zend_function *real;
	bool async;
} at_stub;

/* A handle: `payload` is the runtime's. */
typedef struct {
	void *payload;
	zend_object std;
} at_handle;

/* MINIT: what classes that extend Async\Actor inherit. */
void at_actor_register(zend_class_entry *base);

/* A standard object of an actor's real class, without its constructor run. In a worker. */
void at_actor_instantiate(zval *to, zend_class_entry *class);

/* A handle of this thread for an actor of this real class. */
zend_object *at_actor_new_handle(zend_class_entry *class, void *payload);

/* The payload slot of a handle; NULL for any other object. */
void **at_actor_payload(zend_object *object);

/* Whether objects of a class are actors: handles or instances. */
bool at_is_actor(const zend_class_entry *class);

/* The real class of a handle or instance. */
zend_class_entry *at_actor_real_class(zend_class_entry *class);

/* What a stub's call is about. */
at_stub *at_actor_stub(zend_execute_data *frame);
/* Arguments given by position, up to the first one left out; what comes behind, and extra named ones, go to `named` (an array, or NULL). */
uint32_t at_actor_args(zend_execute_data *frame, zval *named);
/* The name of the first parameter taken by reference, or NULL. */
zend_string *at_actor_by_reference(zend_function *function);

/* Calls a method, whatever its visibility. */
void at_call_method(zend_object *object, zend_function *method, zval *result, uint32_t count, zval *args, HashTable *named);

/* Reads argument number `index` or of that name of a class's attribute: 0, no such attribute; 1, argument left out; 2, in `value`. */
int at_class_attribute(zend_class_entry *class, const char *lower_name, uint32_t index, const char *parameter, zval *value);

/* After the object store is gone. */
void at_actor_forget_classes(void);

#endif
