/* The engine's way to the environment, and the hook that src/zend/environment.rs answers. */

#include "engine.h"
#include "php_variables.h"

static void (*original_import_environment)(zval *array);

/* The engine copies the environment under a lock of the process, and does not unlock it when memory ends meanwhile: all threads would wait for it for ever.
 * The lock is taken first and released last. */
void at_import_environment(zval *array)
{
	volatile bool bailed_out = false;

	zend_try {
		original_import_environment(array);
	} zend_catch {
		bailed_out = true;
	} zend_end_try();
	if (UNEXPECTED(bailed_out)) {
		tsrm_env_unlock();
		zend_bailout();
	}
}

extern int at_add_environment(zval *array);

static void import_environment(zval *array)
{
	if (at_add_environment(array)) {
		zend_bailout();
	}
}

void at_hook_environment(void)
{
	original_import_environment = php_import_environment_variables;
	php_import_environment_variables = import_environment;
}
