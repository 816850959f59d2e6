/* The module entry, the ini settings, and the tables made from the stub. What the hooks do is in src/lifecycle.rs. */
#include "engine.h"
#include "shim.h"

ZEND_TSRMLS_CACHE_DEFINE()

#define AT_VERSION "0.1.0"

#if PHP_VERSION_ID >= 80400
# define AT_FE(name, handler, arginfo, flags) ZEND_RAW_FENTRY(name, handler, arginfo, flags, NULL, NULL)
#else
# define AT_FE(name, handler, arginfo, flags) ZEND_RAW_FENTRY(name, handler, arginfo, flags)
#endif
#define AT_ARG_VARIADIC(name) ZEND_ARG_VARIADIC_TYPE_INFO(0, name, IS_MIXED, 0)

/* The door of every function: Rust has unwound all its frames when it returns, so that a fatal error may jump on from here. */
#define AT_DOOR(name) \
	extern int at_body_##name(zend_execute_data *frame, zval *result); \
	static ZEND_NAMED_FUNCTION(door_##name) \
	{ \
		if (UNEXPECTED(at_body_##name(execute_data, return_value))) { \
			zend_bailout(); \
		} \
	}

#include "api.h"

extern int at_minit(int module_number);
extern int at_mshutdown(void);
extern int at_rinit(void);
extern int at_rshutdown(void);
extern int at_post_deactivate(void);
extern size_t at_live_threads(void);

PHP_INI_BEGIN()
	PHP_INI_ENTRY("async_threads.thread_cache", "8", PHP_INI_SYSTEM, NULL)
	PHP_INI_ENTRY("async_threads.hooks", "1", PHP_INI_SYSTEM, NULL)
	PHP_INI_ENTRY("async_threads.actor_workers", "0", PHP_INI_ALL, NULL)
	PHP_INI_ENTRY("async_threads.actor_batch", "32", PHP_INI_ALL, NULL)
	PHP_INI_ENTRY("async_threads.unobserved", "warning", PHP_INI_ALL, NULL)
PHP_INI_END()

/* Functions of other extensions that would break a process with threads: asked first. See src/runtime/guards.rs. */
#define AT_GUARDED(name) \
	extern bool at_may_##name(void); \
	static zif_handler original_##name; \
	static ZEND_NAMED_FUNCTION(guarded_##name) \
	{ \
		if (at_may_##name()) { \
			original_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
		} \
	}

AT_GUARDED(pcntl_fork)
AT_GUARDED(pcntl_signal)

/* Functions that start processes: those inherit the signals that are blocked, and a thread of ours blocks nearly all. */
extern bool at_before_process(void);
extern void at_after_process(void);

#define AT_STARTS_PROCESSES(name) \
	static zif_handler original_##name; \
	static ZEND_NAMED_FUNCTION(unblocking_##name) \
	{ \
		if (!at_before_process()) { \
			original_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
			return; \
		} \
		bool bailed_out = false; \
		zend_try { \
			original_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
		} zend_catch { \
			bailed_out = true; \
		} zend_end_try(); \
		at_after_process(); \
		if (bailed_out) { \
			zend_bailout(); \
		} \
	}

AT_STARTS_PROCESSES(exec)
AT_STARTS_PROCESSES(mail)
AT_STARTS_PROCESSES(passthru)
AT_STARTS_PROCESSES(pcntl_exec)
AT_STARTS_PROCESSES(popen)
AT_STARTS_PROCESSES(proc_open)
AT_STARTS_PROCESSES(shell_exec)
AT_STARTS_PROCESSES(system)

/* The engine forgets the new limit when it has to free cached chunks for it, which a thread has from the request before. The second time
 * there is nothing to free. */
static ZEND_INI_MH((*original_memory_limit));

static ZEND_INI_MH(change_memory_limit)
{
	int result = original_memory_limit(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);

	/* A new thread has no such chunks, nor its globals where PG() looks. */
	if (result == FAILURE || stage == ZEND_INI_STAGE_STARTUP) {
		return result;
	}
	return zend_set_memory_limit(PG(memory_limit));
}

static void watch_memory_limit(void)
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("memory_limit"));

	if (entry && entry->on_modify) {
		original_memory_limit = entry->on_modify;
		entry->on_modify = change_memory_limit;
	}
}

static PHP_MINIT_FUNCTION(async_threads)
{
	ZEND_TSRMLS_CACHE_UPDATE();
	REGISTER_INI_ENTRIES();
	at_register_classes();
	zend_declare_property_null(at_ce_Async_RemoteException, ZEND_STRL("remoteException"), ZEND_ACC_PRIVATE);
	zend_declare_property_string(at_ce_Async_RemoteException, ZEND_STRL("remoteClass"), "", ZEND_ACC_PRIVATE);
	zend_declare_property_string(at_ce_Async_RemoteException, ZEND_STRL("remoteTrace"), "", ZEND_ACC_PRIVATE);
	watch_memory_limit();
	at_time_limit_startup();
	at_replace_function("pcntl_fork", &original_pcntl_fork, guarded_pcntl_fork);
	at_replace_function("pcntl_signal", &original_pcntl_signal, guarded_pcntl_signal);
	at_replace_function("exec", &original_exec, unblocking_exec);
	at_replace_function("mail", &original_mail, unblocking_mail);
	at_replace_function("passthru", &original_passthru, unblocking_passthru);
	at_replace_function("pcntl_exec", &original_pcntl_exec, unblocking_pcntl_exec);
	at_replace_function("popen", &original_popen, unblocking_popen);
	at_replace_function("proc_open", &original_proc_open, unblocking_proc_open);
	at_replace_function("shell_exec", &original_shell_exec, unblocking_shell_exec);
	at_replace_function("system", &original_system, unblocking_system);
	return at_minit(module_number);
}

static PHP_MSHUTDOWN_FUNCTION(async_threads)
{
	int result = at_mshutdown();

	UNREGISTER_INI_ENTRIES();
	return result;
}

/* Runs before the script's own shutdown functions: registered first. See src/runtime/owner.rs. */
AT_DOOR(drain)

static zend_internal_function drain_function = {
	.type = ZEND_INTERNAL_FUNCTION,
	.handler = door_drain,
};

/* What the frames of a function called at the request's end may take. */
#define SHUTDOWN_FRAMES 4096

void at_fatal_error(const zend_string *message)
{
	static const char exhausted[] = "Allowed memory size of ";

	/* While such an error is reported the engine's heap does not look at its limit. */
	if (EG(vm_stack) && zend_string_starts_with_cstr(message, exhausted, sizeof(exhausted) - 1)
			&& (char *) EG(vm_stack_end) - (char *) EG(vm_stack_top) < SHUTDOWN_FRAMES) {
		EG(vm_stack_top) = zend_vm_stack_extend(SHUTDOWN_FRAMES);
	}
}

/* At request start, and by the drain itself: coroutines that shutdown functions start are waited for too. */
void at_register_drain(void)
{
	php_shutdown_function_entry entry;

	memset(&entry, 0, sizeof(entry));
	entry.fci.size = sizeof(entry.fci);
	ZVAL_STRING(&entry.fci.function_name, "async_threads_drain");
	entry.fci_cache.function_handler = (zend_function *) &drain_function;
	append_user_shutdown_function(&entry);
}

static PHP_RINIT_FUNCTION(async_threads)
{
	int result;

	ZEND_TSRMLS_CACHE_UPDATE();
	at_time_limit_request_start();
	result = at_rinit();
	at_register_drain();
	return result;
}

static PHP_RSHUTDOWN_FUNCTION(async_threads)
{
	at_time_limit_request_end();
	return at_rshutdown();
}

static PHP_MINFO_FUNCTION(async_threads)
{
	char live[32];

	snprintf(live, sizeof(live), "%zu", at_live_threads());
	php_info_print_table_start();
	php_info_print_table_row(2, "Version", AT_VERSION);
	php_info_print_table_row(2, "Built for PHP", ZEND_DEBUG ? PHP_VERSION " ZTS debug" : PHP_VERSION " ZTS");
	php_info_print_table_row(2, "Live threads", live);
	php_info_print_table_end();
	DISPLAY_INI_ENTRIES();
}

static int post_deactivate(void)
{
	return at_post_deactivate();
}

static zend_module_entry async_threads_module_entry = {
	STANDARD_MODULE_HEADER,
	"async_threads",
	at_functions,
	PHP_MINIT(async_threads),
	PHP_MSHUTDOWN(async_threads),
	PHP_RINIT(async_threads),
	PHP_RSHUTDOWN(async_threads),
	PHP_MINFO(async_threads),
	AT_VERSION,
	NO_MODULE_GLOBALS,
	post_deactivate,
	STANDARD_MODULE_PROPERTIES_EX
};

/* What a PHP without ZTS gets instead: a module that only says what is wrong. */
static int wrong_php(INIT_FUNC_ARGS)
{
	zend_error(E_CORE_WARNING, "async_threads needs a thread-safe PHP (ZTS) and this one is not (NTS): "
		"load it into a PHP configured with --enable-zts");
	return SUCCESS;
}

zend_module_entry *at_get_module(void)
{
	if (!tsrm_get_ls_cache) {
		async_threads_module_entry.zts = 0;
		async_threads_module_entry.build_id =
			"API" ZEND_TOSTR(ZEND_MODULE_API_NO) ",NTS";
		async_threads_module_entry.functions = NULL;
		async_threads_module_entry.module_startup_func = wrong_php;
		async_threads_module_entry.module_shutdown_func = NULL;
		async_threads_module_entry.request_startup_func = NULL;
		async_threads_module_entry.request_shutdown_func = NULL;
		async_threads_module_entry.info_func = NULL;
	}
	return &async_threads_module_entry;
}
