/* The engine's headers, as bindgen and the shim see them. */
#ifndef ASYNC_THREADS_ENGINE_H
#define ASYNC_THREADS_ENGINE_H

#include "php.h"
#include "php_ini.h"
#include "php_main.h"
#include "php_output.h"
#include "php_network.h"
#include "SAPI.h"
#include "TSRM.h"
#include "zend_API.h"
#include "zend_arena.h"
#include "zend_ast.h"
#include "zend_attributes.h"
#include "zend_builtin_functions.h"
#include "zend_closures.h"
#include "zend_compile.h"
#include "zend_constants.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_extensions.h"
#include "zend_fibers.h"
#include "zend_generators.h"
#include "zend_inheritance.h"
#include "zend_ini.h"
#include "zend_interfaces.h"
#include "zend_map_ptr.h"
#include "zend_modules.h"
#include "zend_observer.h"
#include "zend_smart_str.h"
#include "zend_weakrefs.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/info.h"
#include "ext/spl/php_spl.h"
#if PHP_VERSION_ID >= 80400
# include "zend_lazy_objects.h"
# include "zend_property_hooks.h"
#endif

/* What a PHP without ZTS lacks. Weak, in every file that uses it, or such a PHP could not even load the module and be told why it will not do. */
#pragma weak tsrm_get_ls_cache
#pragma weak compiler_globals_offset
#pragma weak core_globals_offset
#pragma weak executor_globals_offset
#pragma weak sapi_globals_offset
#pragma weak output_globals_id

#include "shim.h"
#include "autoload_shim.h"
#include "code_shim.h"
#include "transfer_shim.h"
#include "fiber_shim.h"
#include "stream_shim.h"
#include "actor_class.h"

#endif
