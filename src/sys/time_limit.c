/* Time limits of threads before PHP 8.3, whose one timer is the process's: a limit that a thread sets would end main code instead, and the end of any
 * request would lift main's. So each thread gets a timer of its own, which counts its processor time, as that of PHP 8.2 does. */
#include "engine.h"

#if PHP_VERSION_ID < 80300

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
# define sigev_notify_thread_id _sigev_un._tid
#endif

static __thread timer_t timer;
static __thread bool has_timer;

/* In the thread whose timer it is. */
static void on_time_limit(int number)
{
	(void) number;
	if (has_timer) {
		zend_atomic_bool_store_ex(&EG(timed_out), true);
		zend_atomic_bool_store_ex(&EG(vm_interrupt), true);
	}
}

static bool make_timer(void)
{
	struct sigevent event = {0};
	struct sigaction action = {0};

	if (has_timer) {
		return true;
	}
	action.sa_handler = on_time_limit;
	sigaction(SIGRTMIN, &action, NULL);
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = SIGRTMIN;
	event.sigev_notify_thread_id = (pid_t) syscall(SYS_gettid);
	has_timer = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0;
	return has_timer;
}

static void limit_to(zend_long seconds)
{
	struct itimerspec spec = {0};

	if (seconds <= 0 && !has_timer) {
		return;
	}
	spec.it_value.tv_sec = seconds > 0 ? seconds : 0;
	if (make_timer()) {
		timer_settime(timer, 0, &spec, NULL);
	}
}

static ZEND_INI_MH((*original_time_limit));

static ZEND_INI_MH(change_time_limit)
{
	if (stage == ZEND_INI_STAGE_STARTUP) {
		return original_time_limit(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
	}
	EG(timeout_seconds) = ZEND_ATOL(ZSTR_VAL(new_value));
	limit_to(stage == ZEND_INI_STAGE_DEACTIVATE ? 0 : EG(timeout_seconds));
	return SUCCESS;
}

void at_time_limit_startup(void)
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("max_execution_time"));

	if (entry && entry->on_modify) {
		original_time_limit = entry->on_modify;
		entry->on_modify = change_time_limit;
	}
}

/* The engine has just set its own timer, if there is a limit. */
void at_time_limit_request_start(void)
{
	if (EG(timeout_seconds) > 0) {
		zend_unset_timeout();
		limit_to(EG(timeout_seconds));
	}
}

void at_time_limit_request_end(void)
{
	if (has_timer) {
		has_timer = false;
		timer_delete(timer);
	}
}

void at_time_limit_lift(void)
{
	limit_to(0);
	zend_atomic_bool_store_ex(&EG(timed_out), false);
}

#else

void at_time_limit_lift(void)
{
	zend_unset_timeout();
}

void at_time_limit_startup(void) {}
void at_time_limit_request_start(void) {}
void at_time_limit_request_end(void) {}

#endif
