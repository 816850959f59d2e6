/* Waits of the standard library that suspend only their coroutine. See stream_shim.h.
 *
 * The tables' function pointers are replaced, never stream->ops, whose identity the engine compares. Each table has thunks of its own: a table that delegates
 * to another would otherwise be taken for it. Where no other coroutine could run, the original function is called at once. */
#include "engine.h"
#include "php_network.h"
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

ZEND_TSRMLS_CACHE_EXTERN()

/* Whether waiting in this extension lets anything else run. */
extern bool at_may_wait(void);

enum { WAIT_READY = 1, WAIT_TIMEOUT = 0, WAIT_FAILED = -1, WAIT_BAILOUT = -2 };
/* Waits for `polls`; microseconds < 0: no limit. `owner` is the stream, or NULL. FAILED: closed meanwhile, or an exception is in flight. */
extern int at_wait_for(struct pollfd *polls, size_t count, int64_t microseconds, void *owner);
/* Sleeps; FAILED as above. */
extern int at_sleep_for(uint64_t nanoseconds);
/* A stream is about to be closed: others that wait in it leave it. */
extern int at_closing(void *owner);

static int checked(int result)
{
	if (UNEXPECTED(result == WAIT_BAILOUT)) {
		zend_bailout();
	}
	return result;
}

static int wait_for_one(php_stream *stream, int fd, short events, int64_t microseconds)
{
	struct pollfd poll = { .fd = fd, .events = events };

	return checked(at_wait_for(&poll, 1, microseconds, stream));
}

static int64_t to_microseconds(const struct timeval *time)
{
	return !time || time->tv_sec < 0 ? -1 : (int64_t) time->tv_sec * 1000000 + time->tv_usec;
}

/* Sockets. */

static php_netstream_data_t *blocking_socket(php_stream *stream)
{
	php_netstream_data_t *sock = stream->abstract;

	return sock && sock->socket != -1 && sock->is_blocked && at_may_wait() ? sock : NULL;
}

/* False: the operation ends without data. */
static bool wait_in_socket(php_stream *stream, php_netstream_data_t *sock, short events)
{
	int result;

	if (EG(exception)) {
		return false;
	}
	sock->timeout_event = 0;
	result = wait_for_one(stream, sock->socket, events, to_microseconds(&sock->timeout));
	if (result == WAIT_TIMEOUT) {
		sock->timeout_event = 1;
	} else if (result == WAIT_FAILED) {
		stream->eof = 1;
	}
	return result == WAIT_READY;
}

static ssize_t socket_read(const php_stream_ops *original, php_stream *stream, char *buffer, size_t count)
{
	php_netstream_data_t *sock = blocking_socket(stream);
	bool look_only = false;

#if PHP_VERSION_ID >= 80300
	look_only = stream->has_buffered_data;
#endif
	if (sock && !look_only && (sock->timeout.tv_sec || sock->timeout.tv_usec)
			&& !wait_in_socket(stream, sock, POLLIN | POLLPRI)) {
		return -1;
	}
	return original->read(stream, buffer, count);
}

static ssize_t socket_write(const php_stream_ops *original, php_stream *stream, const char *buffer, size_t count)
{
	php_netstream_data_t *sock = blocking_socket(stream);
	ssize_t written;
	int flags;

	if (!sock || !count) {
		return original->write(stream, buffer, count);
	}
	for (;;) {
		flags = fcntl(sock->socket, F_GETFL);
		fcntl(sock->socket, F_SETFL, flags | O_NONBLOCK);
		sock->is_blocked = false;
		written = original->write(stream, buffer, count);
		sock->is_blocked = true;
		fcntl(sock->socket, F_SETFL, flags);
		if (written) {
			return written;
		}
		if (!wait_in_socket(stream, sock, POLLOUT)) {
			return -1;
		}
	}
}

/* Connects without blocking; what goes wrong is left to the original, which tries the other addresses and words the error. */
static int socket_connect(const php_stream_ops *original, php_stream *stream, php_stream_xport_param *param)
{
	php_netstream_data_t *sock = stream->abstract;
	socklen_t size = sizeof(int);
	int error = 0, result;

	param->op = STREAM_XPORT_OP_CONNECT_ASYNC;
	result = original->set_option(stream, PHP_STREAM_OPTION_XPORT_API, 0, param);
	param->op = STREAM_XPORT_OP_CONNECT;
	if (sock->socket == -1) {
		return result;
	}
	if (param->outputs.returncode == 1) {
		switch (wait_for_one(stream, sock->socket, POLLOUT, to_microseconds(param->inputs.timeout))) {
			case WAIT_READY:
				getsockopt(sock->socket, SOL_SOCKET, SO_ERROR, &error, &size);
				break;
			case WAIT_TIMEOUT:
				error = ETIMEDOUT;
				break;
			default:
				error = ECANCELED;
		}
		if (error) {
			closesocket(sock->socket);
			sock->socket = -1;
			if (error == ETIMEDOUT || error == ECANCELED) {
				param->outputs.returncode = -1;
				param->outputs.error_code = error;
				if (param->want_errortext) {
					param->outputs.error_text = php_socket_error_str(error);
				}
				return PHP_STREAM_OPTION_RETURN_OK;
			}
			return original->set_option(stream, PHP_STREAM_OPTION_XPORT_API, 0, param);
		}
	}
	param->outputs.returncode = 0;
	param->outputs.error_code = 0;
	php_set_sock_blocking(sock->socket, true);
	return result;
}

static int socket_set_option(const php_stream_ops *original, php_stream *stream, int option, int value, void *data)
{
	php_stream_xport_param *param = data;
	php_netstream_data_t *sock = stream->abstract;

	if (option != PHP_STREAM_OPTION_XPORT_API || !sock || !at_may_wait()) {
		return original->set_option(stream, option, value, data);
	}
	if (param->op == STREAM_XPORT_OP_CONNECT) {
		return socket_connect(original, stream, param);
	}
	if (param->op == STREAM_XPORT_OP_ACCEPT && sock->socket != -1) {
		static struct timeval no_time = { 0, 0 };

		if (wait_for_one(stream, sock->socket, POLLIN, to_microseconds(param->inputs.timeout)) != WAIT_READY) {
			/* The original finds nothing, and says so. */
			param->inputs.timeout = &no_time;
		}
	} else if (param->op == STREAM_XPORT_OP_RECV && sock->socket != -1 && sock->is_blocked) {
		wait_in_socket(stream, sock, POLLIN | POLLPRI);
	}
	return original->set_option(stream, option, value, data);
}

/* The table openssl gives to ssl and, once loaded, to tcp streams too. What TLS has decrypted already no descriptor tells: try first, then wait. */

static ssize_t openssl_read(const php_stream_ops *original, php_stream *stream, char *buffer, size_t count)
{
	php_netstream_data_t *sock = blocking_socket(stream);
	ssize_t got;
	int flags;

	if (!sock || (!sock->timeout.tv_sec && !sock->timeout.tv_usec)) {
		return original->read(stream, buffer, count);
	}
	for (;;) {
		flags = fcntl(sock->socket, F_GETFL);
		fcntl(sock->socket, F_SETFL, flags | O_NONBLOCK);
		sock->is_blocked = false;
		got = original->read(stream, buffer, count);
		sock->is_blocked = true;
		fcntl(sock->socket, F_SETFL, flags);
#if PHP_VERSION_ID >= 80300
		if (stream->has_buffered_data) {
			return got;
		}
#endif
		if (got > 0 || stream->eof) {
			return got;
		}
		if (!wait_in_socket(stream, sock, POLLIN | POLLPRI)) {
			return -1;
		}
	}
}

static ssize_t openssl_write(const php_stream_ops *original, php_stream *stream, const char *buffer, size_t count)
{
	return socket_write(original, stream, buffer, count);
}

static int openssl_set_option(const php_stream_ops *original, php_stream *stream, int option, int value, void *data)
{
	/* It hands connecting on to the plain table, and has more to do afterwards. */
	if (option == PHP_STREAM_OPTION_XPORT_API && ((php_stream_xport_param *) data)->op == STREAM_XPORT_OP_CONNECT) {
		return original->set_option(stream, option, value, data);
	}
	return socket_set_option(original, stream, option, value, data);
}

/* Pipes, terminals: plain descriptors that may make one wait. */

static int pipe_of(const php_stream_ops *original, php_stream *stream)
{
	struct stat info;
	int fd = -1;

	if (!at_may_wait() || original->cast(stream, PHP_STREAM_AS_FD_FOR_SELECT, (void **) &fd) != SUCCESS || fd < 0) {
		return -1;
	}
	if (fstat(fd, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode) || S_ISBLK(info.st_mode)
			|| (fcntl(fd, F_GETFL) & O_NONBLOCK)) {
		return -1;
	}
	return fd;
}

static ssize_t pipe_read(const php_stream_ops *original, php_stream *stream, char *buffer, size_t count)
{
	int fd = pipe_of(original, stream);

	if (fd >= 0 && (EG(exception) || wait_for_one(stream, fd, POLLIN, -1) != WAIT_READY)) {
		stream->eof = 1;
		return -1;
	}
	return original->read(stream, buffer, count);
}

static ssize_t pipe_write(const php_stream_ops *original, php_stream *stream, const char *buffer, size_t count)
{
	int fd = pipe_of(original, stream);

	if (fd >= 0) {
		if (EG(exception) || wait_for_one(stream, fd, POLLOUT, -1) != WAIT_READY) {
			return -1;
		}
		/* A writable pipe takes this much without waiting. */
		count = MIN(count, 4096);
	}
	return original->write(stream, buffer, count);
}

static int pipe_set_option(const php_stream_ops *original, php_stream *stream, int option, int value, void *data)
{
	return original->set_option(stream, option, value, data);
}

/* The tables. */

#define TABLE(name, kind) \
	static php_stream_ops *name##_table; \
	static php_stream_ops name##_original; \
	static ssize_t name##_read(php_stream *stream, char *buffer, size_t count) \
	{ \
		return kind##_read(&name##_original, stream, buffer, count); \
	} \
	static ssize_t name##_write(php_stream *stream, const char *buffer, size_t count) \
	{ \
		return kind##_write(&name##_original, stream, buffer, count); \
	} \
	static int name##_set_option(php_stream *stream, int option, int value, void *data) \
	{ \
		return kind##_set_option(&name##_original, stream, option, value, data); \
	} \
	static int name##_close(php_stream *stream, int close_handle) \
	{ \
		checked(at_closing(stream)); \
		return name##_original.close(stream, close_handle); \
	} \
	static void name##_patch(const php_stream_ops *table) \
	{ \
		if (name##_table || !make_writable(table)) { \
			return; \
		} \
		name##_table = (php_stream_ops *) table; \
		name##_original = *table; \
		name##_table->read = name##_read; \
		name##_table->write = name##_write; \
		name##_table->set_option = name##_set_option; \
		name##_table->close = name##_close; \
	}

/* Constant tables lie in memory that the linker has write-protected. */
static bool make_writable(const php_stream_ops *table)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t) table & ~(page - 1);
	uintptr_t to = ((uintptr_t) (table + 1) + page - 1) & ~(page - 1);

	return mprotect((void *) from, to - from, PROT_READ | PROT_WRITE) == 0;
}

TABLE(tcp, socket)
TABLE(udp, socket)
TABLE(unix_stream, socket)
TABLE(unix_datagram, socket)
TABLE(generic, socket)
TABLE(tls, openssl)
TABLE(stdio, pipe)

static void patch_made_by(php_stream_transport_factory factory, const char *name, void (*patch)(const php_stream_ops *))
{
	struct timeval timeout = { 0, 0 };
	php_stream *stream = factory(name, strlen(name), NULL, 0, NULL, 0, 0, &timeout, NULL STREAMS_CC);

	if (stream) {
		patch(stream->ops);
		php_stream_close(stream);
	}
}

void at_hook_streams(void)
{
	php_stream_transport_factory tcp = zend_hash_str_find_ptr(php_stream_xport_get_hash(), ZEND_STRL("tcp"));
	php_stream *stream;

	patch_made_by(php_stream_generic_socket_factory, "tcp", tcp_patch);
	patch_made_by(php_stream_generic_socket_factory, "udp", udp_patch);
	patch_made_by(php_stream_generic_socket_factory, "unix", unix_stream_patch);
	patch_made_by(php_stream_generic_socket_factory, "udg", unix_datagram_patch);
	if (tcp && tcp != php_stream_generic_socket_factory) {
		patch_made_by(tcp, "tcp", tls_patch);
	}
	stream = php_stream_sock_open_from_socket(-1, NULL);
	if (stream) {
		generic_patch(stream->ops);
		php_stream_close(stream);
	}
	stdio_patch(&php_stream_stdio_ops);
}

/* Functions. */

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

/* Adds the descriptors of `streams`; false when there is data that has been read already, or something that the original is to complain about. */
static bool add_streams(zval *streams, short events, struct pollfd *polls, size_t *count, size_t room)
{
	zval *element;

	ZVAL_DEREF(streams);
	if (Z_TYPE_P(streams) != IS_ARRAY) {
		return Z_TYPE_P(streams) == IS_NULL;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(streams), element) {
		php_stream *stream;
		int fd = -1;

		ZVAL_DEREF(element);
		if (Z_TYPE_P(element) != IS_RESOURCE || *count == room) {
			return false;
		}
		stream = zend_fetch_resource2(Z_RES_P(element), NULL, php_file_le_stream(), php_file_le_pstream());
		if (!stream || (events == POLLIN && stream->writepos > stream->readpos)
				|| php_stream_cast(stream, PHP_STREAM_AS_FD_FOR_SELECT | PHP_STREAM_CAST_INTERNAL, (void **) &fd, 0) != SUCCESS || fd < 0) {
			return false;
		}
		polls[*count] = (struct pollfd) { .fd = fd, .events = events };
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
	size_t count = 0;

	if (given < 4 || given > 5 || !at_may_wait()
			|| (Z_TYPE(args[3]) != IS_LONG && Z_TYPE(args[3]) != IS_NULL)
			|| (given == 5 && Z_TYPE(args[4]) != IS_LONG && Z_TYPE(args[4]) != IS_NULL)
			|| (Z_TYPE(args[3]) == IS_NULL && given == 5 && Z_TYPE(args[4]) == IS_LONG && Z_LVAL(args[4]))
			|| (Z_TYPE(args[3]) == IS_LONG && Z_LVAL(args[3]) < 0)
			|| (given == 5 && Z_TYPE(args[4]) == IS_LONG && Z_LVAL(args[4]) < 0)
			|| !add_streams(&args[0], POLLIN, polls, &count, 256)
			|| !add_streams(&args[1], POLLOUT, polls, &count, 256)
			|| !add_streams(&args[2], POLLPRI, polls, &count, 256) || !count) {
		original_stream_select(INTERNAL_FUNCTION_PARAM_PASSTHRU);
		return;
	}
	if (Z_TYPE(args[3]) == IS_LONG) {
		microseconds = (int64_t) MIN(Z_LVAL(args[3]), UINT32_MAX) * 1000000;
		if (given == 5 && Z_TYPE(args[4]) == IS_LONG) {
			microseconds += MIN(Z_LVAL(args[4]), UINT32_MAX);
		}
	}
	if (checked(at_wait_for(polls, count, microseconds, NULL)) == WAIT_FAILED && EG(exception)) {
		RETURN_THROWS();
	}
	/* Now it need not wait: which ones are ready is the original's to say. */
	ZVAL_LONG(&args[3], 0);
	if (given == 5) {
		ZVAL_LONG(&args[4], 0);
	}
	original_stream_select(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static void hook(const char *name, zif_handler *original, zif_handler hooked)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		*original = function->internal_function.handler;
		function->internal_function.handler = hooked;
	}
}

void at_hook_functions(void)
{
	hook("sleep", &original_sleep, hooked_sleep);
	hook("usleep", &original_usleep, hooked_usleep);
	hook("time_nanosleep", &original_time_nanosleep, hooked_time_nanosleep);
	hook("stream_select", &original_stream_select, hooked_stream_select);
}

void at_stream_of(int fd, zval *to)
{
	php_stream *stream = php_stream_fopen_from_fd(fd, "r", NULL);

	if (stream) {
		php_stream_to_zval(stream, to);
	} else {
		close(fd);
	}
}
