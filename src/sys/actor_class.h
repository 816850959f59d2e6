/* Classes of actors: what the engine has to be told so that `new ChatRoom` makes a handle, and calls on it become messages. See src/zend/actor_class.rs. */
#ifndef ASYNC_THREADS_ACTOR_CLASS_H
#define ASYNC_THREADS_ACTOR_CLASS_H

/* A method of a handle's class. */
typedef struct at_stub {
	zend_internal_function function;
	/* The method it stands for, as declared: `postMessage` also for `postMessageAsync`. Owned by `real`, or by the stub for `__call`. */
	zend_string *method;
	/* NULL when only `__call` knows the method. */
	zend_function *real;
	bool async;
	/* What the runtime has made of it at the first call, or NULL. */
	const void *known;
	/* Of the same class. */
	struct at_stub *next;
} at_stub;

/* A handle: `payload` is the runtime's. */
typedef struct {
	void *payload;
	zend_object std;
} at_handle;

/* The class entry of handles in one thread. */
typedef struct {
	zend_class_entry entry;
	/* Stubs that are in no method table: for `…Async` and `__call`, by lower-cased name. */
	HashTable extra;
	/* All of them: tables also hold functions that are not ours, and are gone when these are freed. */
	at_stub *stubs;
	zend_class_arrayaccess_funcs array_access;
} at_handle_class;

/* Of handles, and of instances, which differ from plain objects in that they cannot be cloned. Set in MINIT. */
extern zend_object_handlers at_handle_handlers, at_instance_handlers;
void at_handle_startup(void);

/* MINIT: what classes that extend Async\Actor inherit. */
void at_actor_register(zend_class_entry *base);
/* MINIT: functions that reach past an object's handlers (src/sys/actor_wraps.c). */
void at_actor_wrap(void);

/* A standard object of an actor's real class, without its constructor run. In a worker. */
void at_actor_instantiate(zval *to, zend_class_entry *class);

/* A handle of this thread for an actor of this real class. */
zend_object *at_actor_new_handle(zend_class_entry *class, void *payload);

bool at_is_handle(const zend_object *object);
/* Whether its class has a method of that name, whoever may call it, or one that `…Async` is for. */
bool at_handle_has_method(const zend_object *handle, zend_string *name);
/* The stub that stands for `method` on a handle whose class has it; NULL: there is none, an exception is in flight. */
zend_function *at_handle_method(zend_object *handle, const zend_function *method);

/* The stub for a method that `class`, an actor's, has from `scope`, by its name; NULL: there is none, or another one under this name. */
zend_function *at_handle_function(zend_class_entry *class, zend_class_entry *scope, const char *name, size_t length);

/* The payload slot of a handle; NULL for any other object. */
void **at_actor_payload(zend_object *object);

/* Whether objects of a class are actors: handles or instances. */
bool at_is_actor(const zend_class_entry *class);

/* The real class of a handle or instance. */
zend_class_entry *at_actor_real_class(zend_class_entry *class);

/* What a stub's call is about; the frame's function may be a copy of the stub. */
at_stub *at_actor_stub(zend_execute_data *frame);
/* The stub that `function` is or is a copy of; NULL for others. */
at_stub *at_stub_of(const zend_function *function);
/* A new stub for a method that is in no table: `…Async`, or what `__call` is for. NULL: there is no such method. */
/* Throws: a message to a method that is not public. */
ZEND_COLD void at_refuse_method(const zend_class_entry *class, const zend_function *method);
at_stub *at_extra_stub(at_handle_class *class, zend_string *name, zend_string *lower);
/* Arguments given by position, up to the first one left out; what comes behind, and extra named ones, go to `named` (an array, or NULL). */
uint32_t at_actor_args(zend_execute_data *frame, zval *named);
/* The name of the first parameter taken by reference, or NULL. */
zend_string *at_actor_by_reference(zend_function *function);

/* Calls a method for a message, whatever its visibility. That it is deprecated has been said where the message comes from. */
void at_call_method(zend_object *object, zend_function *method, zval *result, uint32_t count, zval *args, HashTable *named);

/* Reads argument number `index` or of that name of a class's attribute: 0, no such attribute; 1, argument left out; 2, in `value`. */
int at_class_attribute(zend_class_entry *class, const char *lower_name, uint32_t index, const char *parameter, zval *value);

/* After the object store is gone. */
void at_actor_forget_classes(void);

#endif
