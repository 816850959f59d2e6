/* Sleeping and selecting functions of the standard library that suspend only their coroutine. Where no other coroutine could run, the original is called. */
#include "waits.h"
#include "stream_shim.h"

ZEND_TSRMLS_CACHE_EXTERN()

static zif_handler original_sleep, original_usleep, original_time_nanosleep, original_stream_select;

static ZEND_NAMED_FUNCTION(hooked_sleep)
{
	zend_long seconds;

	if (!at_may_wait()) {
		original_sleep(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(seconds)
	ZEND_PARSE_PARAMETERS_END();
	if (seconds < 0) {
		zend_argument_value_error(1, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	checked(at_sleep_for((uint64_t) MIN(seconds, UINT32_MAX) * 1000000000));
	RETURN_LONG(0);
}

static ZEND_NAMED_FUNCTION(hooked_usleep)
{
	zend_long microseconds;

	if (!at_may_wait()) {
		original_usleep(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(microseconds)
	ZEND_PARSE_PARAMETERS_END();
	if (microseconds < 0) {
		zend_argument_value_error(1, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	checked(at_sleep_for((uint64_t) MIN(microseconds, UINT32_MAX) * 1000));
}

static ZEND_NAMED_FUNCTION(hooked_time_nanosleep)
{
	zend_long seconds, nanoseconds;

	if (!at_may_wait()) {
		original_time_nanosleep(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(seconds)
		Z_PARAM_LONG(nanoseconds)
	ZEND_PARSE_PARAMETERS_END();
	if (seconds < 0 || nanoseconds < 0 || nanoseconds > 999999999) {
		/* The original words the error. */
		original_time_nanosleep(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	checked(at_sleep_for((uint64_t) MIN(seconds, UINT32_MAX) * 1000000000 + nanoseconds));
	RETURN_TRUE;
}

/* Whether `streams` has one that is readable when any coroutine of this thread may go on: to wait for it lets nothing else wait. */
static bool has_completion_stream(zval *streams)
{
	zval *element;

	ZVAL_DEREF(streams);
	if (Z_TYPE_P(streams) != IS_ARRAY) {
		return false;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(streams), element) {
		php_stream *stream = stream_in(element);

		if (stream && at_is_completion_stream(stream)) {
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

/* Adds the descriptors of `streams`; false when there is data that has been read already, or something that the original is to complain about. */
static bool add_streams(zval *streams, short events, struct pollfd *polls, void **owners, size_t *count, size_t room)
{
	zval *element;

	ZVAL_DEREF(streams);
	if (Z_TYPE_P(streams) != IS_ARRAY) {
		return Z_TYPE_P(streams) == IS_NULL;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(streams), element) {
		php_stream *stream = stream_in(element);
		int fd = -1;

		if (!stream || *count == room || (events == POLLIN && stream->writepos > stream->readpos)
				|| php_stream_cast(stream, PHP_STREAM_AS_FD_FOR_SELECT | PHP_STREAM_CAST_INTERNAL, (void **) &fd, 0) != SUCCESS || fd < 0) {
			return false;
		}
		/* What TLS had decrypted already is in the buffer only since then. */
		if (events == POLLIN && stream->writepos > stream->readpos) {
			return false;
		}
		polls[*count] = (struct pollfd) { .fd = fd, .events = events };
		owners[*count] = stream;
		++*count;
	} ZEND_HASH_FOREACH_END();
	return true;
}

static ZEND_NAMED_FUNCTION(hooked_stream_select)
{
	uint32_t given = ZEND_NUM_ARGS();
	zval *args = ZEND_CALL_ARG(execute_data, 1);
	int64_t microseconds = -1;
	struct pollfd polls[256];
	void *owners[256];
	size_t count = 0;

	if (given >= 4 && has_completion_stream(&args[0])) {
		at_other_loop_waits();
		original_stream_select(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	if (given < 4 || given > 5 || !at_may_wait()
			|| (Z_TYPE(args[3]) != IS_LONG && Z_TYPE(args[3]) != IS_NULL)
			|| (given == 5 && Z_TYPE(args[4]) != IS_LONG && Z_TYPE(args[4]) != IS_NULL)
			|| (Z_TYPE(args[3]) == IS_NULL && given == 5 && Z_TYPE(args[4]) == IS_LONG && Z_LVAL(args[4]))
			|| (Z_TYPE(args[3]) == IS_LONG && Z_LVAL(args[3]) < 0)
			|| (given == 5 && Z_TYPE(args[4]) == IS_LONG && Z_LVAL(args[4]) < 0)
			|| !add_streams(&args[0], POLLIN, polls, owners, &count, 256)
			|| !add_streams(&args[1], POLLOUT, polls, owners, &count, 256)
			|| !add_streams(&args[2], POLLPRI, polls, owners, &count, 256) || !count) {
		original_stream_select(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	if (Z_TYPE(args[3]) == IS_LONG) {
		microseconds = (int64_t) MIN(Z_LVAL(args[3]), UINT32_MAX) * 1000000;
		if (given == 5 && Z_TYPE(args[4]) == IS_LONG) {
			microseconds += MIN(Z_LVAL(args[4]), UINT32_MAX);
		}
	}
	if (checked(at_wait_for(polls, count, microseconds, owners, false)) == WAIT_FAILED && EG(exception)) {
		RETURN_THROWS();
	}
	/* Now it need not wait: which ones are ready is the original's to say. */
	ZVAL_LONG(&args[3], 0);
	if (given == 5) {
		ZVAL_LONG(&args[4], 0);
	}
	original_stream_select(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* In a signal handler, say, nothing can be done about a coroutine that waits in the stream: it has to leave it first. */
static bool close_later(zend_execute_data *execute_data, const char *function)
{
	zval *arg = ZEND_CALL_ARG(execute_data, 1);
	php_stream *stream = ZEND_NUM_ARGS() == 1 && Z_TYPE_P(arg) == IS_RESOURCE ? stream_in(arg) : NULL;

	return stream && at_close_later(stream, arg, function);
}

static zif_handler original_fclose, original_pclose;

static ZEND_NAMED_FUNCTION(hooked_fclose)
{
	if (close_later(execute_data, "fclose")) {
		RETURN_TRUE;
	}
	original_fclose(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_NAMED_FUNCTION(hooked_pclose)
{
	if (close_later(execute_data, "pclose")) {
		RETURN_LONG(0);
	}
	original_pclose(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void at_hook_functions(void)
{
	at_replace_function("fclose", &original_fclose, hooked_fclose);
	at_replace_function("pclose", &original_pclose, hooked_pclose);
	at_replace_function("sleep", &original_sleep, hooked_sleep);
	at_replace_function("usleep", &original_usleep, hooked_usleep);
	at_replace_function("time_nanosleep", &original_time_nanosleep, hooked_time_nanosleep);
	at_replace_function("stream_select", &original_stream_select, hooked_stream_select);
}
