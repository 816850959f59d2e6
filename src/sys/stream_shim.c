/* Waits of the standard library that suspend only their coroutine. See stream_shim.h.
 *
 * The tables' function pointers are replaced, never stream->ops, whose identity the engine compares. Each table has thunks of its own: a table that delegates
 * to another would otherwise be taken for it. Where no other coroutine could run, the original function is called at once. */
#include "engine.h"
#include "php_network.h"
#include "waits.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

ZEND_TSRMLS_CACHE_EXTERN()

#define MAX_USED 4
/* What a stream of completions calls itself. */
#define COMPLETIONS "async://completions"

/* Waits for the descriptor of a stream. Other streams that the running function was given (copying has two) are in use meanwhile. */
static int wait_for_one_to(php_stream *stream, int fd, short events, int64_t microseconds, bool reading)
{
	struct pollfd polls[MAX_USED] = { { .fd = fd, .events = events } };
	void *owners[MAX_USED] = { stream };
	size_t count = 1;
	zend_execute_data *frame = EG(current_execute_data);

	if (frame && frame->func && frame->func->type == ZEND_INTERNAL_FUNCTION) {
		for (uint32_t i = 1; i <= MIN(ZEND_CALL_NUM_ARGS(frame), 4) && count < MAX_USED; i++) {
			php_stream *other = stream_in(ZEND_CALL_ARG(frame, i));

			if (other && other != stream) {
				polls[count] = (struct pollfd) { .fd = -1 };
				owners[count++] = other;
			}
		}
	}
	return checked(at_wait_for(polls, count, microseconds, owners, reading));
}

static int wait_for_one(php_stream *stream, int fd, short events, int64_t microseconds)
{
	return wait_for_one_to(stream, fd, events, microseconds, false);
}

/* Where a read goes to: into the stream's own buffer more often than not, which others may have filled, or moved, while this one waited. */
typedef struct { char *buffer; size_t count; bool shared; } destination;

static destination destination_of(php_stream *stream, char *buffer, size_t count)
{
	return (destination) { buffer, count, stream->readbuf && buffer == (char *) stream->readbuf + stream->writepos };
}

static void after_wait(php_stream *stream, destination *to)
{
	if (to->shared) {
		to->buffer = (char *) stream->readbuf + stream->writepos;
		to->count = stream->readbuflen - stream->writepos;
	}
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
static bool wait_in_socket_to(php_stream *stream, php_netstream_data_t *sock, short events, bool reading)
{
	int result;

	if (EG(exception)) {
		return false;
	}
	sock->timeout_event = 0;
	result = wait_for_one_to(stream, sock->socket, events, to_microseconds(&sock->timeout), reading);
	if (result == WAIT_TIMEOUT) {
		sock->timeout_event = 1;
	} else if (result == WAIT_FAILED && !EG(exception)) {
		stream->eof = 1;
	}
	return result == WAIT_READY;
}

static bool wait_in_socket(php_stream *stream, php_netstream_data_t *sock, short events)
{
	return wait_in_socket_to(stream, sock, events, false);
}

static ssize_t socket_read(const php_stream_ops *original, php_stream *stream, char *buffer, size_t count)
{
	php_netstream_data_t *sock = blocking_socket(stream);
	destination to = destination_of(stream, buffer, count);
	bool look_only = false;

#if PHP_VERSION_ID >= 80300
	look_only = stream->has_buffered_data;
#endif
	if (sock && !look_only && (sock->timeout.tv_sec || sock->timeout.tv_usec)
			&& !wait_in_socket_to(stream, sock, POLLIN | POLLPRI, to.shared)) {
		return -1;
	}
	after_wait(stream, &to);
	return to.count ? original->read(stream, to.buffer, to.count) : 0;
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

/* Connects to an address without blocking; what goes wrong is left to the original, which words the error. */
static int connect_to_address(const php_stream_ops *original, php_stream *stream, php_stream_xport_param *param)
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

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t) time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* The stream that has just connected, and its limit in microseconds: a TLS handshake may follow at once, and has the same. */
static __thread struct { php_stream *stream; int64_t limit; } connected;

#define MAX_ADDRESSES 16

/* The number of addresses to try one after another; 0: the name is for the original as it is; -1: an error has been said. */
static int addresses_of(php_stream *stream, php_stream_xport_param *param, char (*addresses)[64])
{
	char host[256];
	struct in_addr numeric;
	const char *name = param->inputs.name;
	const char *colon = memchr(name, ':', param->inputs.namelen);
	int count, error = 0;

	if ((strncmp(stream->ops->label, "tcp", 3) && strncmp(stream->ops->label, "udp", 3))
			|| name[0] == '[' || !colon || colon == name || (size_t) (colon - name) >= sizeof(host)) {
		return 0;
	}
	memcpy(host, name, colon - name);
	host[colon - name] = 0;
	if (inet_pton(AF_INET, host, &numeric) == 1) {
		return 0;
	}
	count = checked(at_resolve(host, (uint16_t) atoi(colon + 1), addresses, MAX_ADDRESSES, &error));
	if (count == 0) {
		zend_string *text = strpprintf(0, "php_network_getaddresses: getaddrinfo for %s failed: %s", host, gai_strerror(error));

		php_error_docref(NULL, E_WARNING, "%s", ZSTR_VAL(text));
		if (param->want_errortext) {
			param->outputs.error_text = text;
		} else {
			zend_string_release(text);
		}
	}
	if (count <= 0) {
		param->outputs.returncode = -1;
		return -1;
	}
	return count;
}

static int socket_connect(const php_stream_ops *original, php_stream *stream, php_stream_xport_param *param)
{
	char addresses[MAX_ADDRESSES][64], *name = param->inputs.name;
	size_t length = param->inputs.namelen;
	struct timeval *timeout = param->inputs.timeout, left;
	int64_t limit = to_microseconds(timeout), deadline = now() + limit;
	int count = addresses_of(stream, param, addresses), result = PHP_STREAM_OPTION_RETURN_OK;

	connected.stream = NULL;
	if (count == 0) {
		result = connect_to_address(original, stream, param);
	}
	for (int i = 0; i < count; i++) {
		if (limit >= 0) {
			int64_t rest = MAX(deadline - now(), 0);

			left = (struct timeval) { .tv_sec = rest / 1000000, .tv_usec = rest % 1000000 };
			param->inputs.timeout = &left;
		}
		if (param->outputs.error_text) {
			zend_string_release(param->outputs.error_text);
			param->outputs.error_text = NULL;
		}
		param->inputs.name = addresses[i];
		param->inputs.namelen = strlen(addresses[i]);
		result = connect_to_address(original, stream, param);
		if (param->outputs.returncode == 0 || EG(exception)) {
			break;
		}
	}
	param->inputs.name = name;
	param->inputs.namelen = length;
	param->inputs.timeout = timeout;
	connected.stream = stream;
	connected.limit = limit;
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
	} else if (param->op == STREAM_XPORT_OP_RECV && sock->socket != -1 && sock->is_blocked
			&& !wait_in_socket(stream, sock, POLLIN | POLLPRI)) {
		param->outputs.returncode = -1;
		return PHP_STREAM_OPTION_RETURN_OK;
	}
	return original->set_option(stream, option, value, data);
}

/* The table openssl gives to ssl and, once loaded, to tcp streams too. What TLS has decrypted already no descriptor tells: try first, then wait. */

static ssize_t openssl_read(const php_stream_ops *original, php_stream *stream, char *buffer, size_t count)
{
	php_netstream_data_t *sock = blocking_socket(stream);
	destination to = destination_of(stream, buffer, count);
	ssize_t got;
	int flags;

	if (!sock || (!sock->timeout.tv_sec && !sock->timeout.tv_usec)) {
		return original->read(stream, buffer, count);
	}
	for (;;) {
		flags = fcntl(sock->socket, F_GETFL);
		fcntl(sock->socket, F_SETFL, flags | O_NONBLOCK);
		sock->is_blocked = false;
		got = original->read(stream, to.buffer, to.count);
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
		if (!wait_in_socket_to(stream, sock, POLLIN | POLLPRI, to.shared)) {
			return -1;
		}
		after_wait(stream, &to);
		if (!to.count) {
			return 0;
		}
	}
}

static ssize_t openssl_write(const php_stream_ops *original, php_stream *stream, const char *buffer, size_t count)
{
	return socket_write(original, stream, buffer, count);
}

/* A handshake as a socket that does not block makes it: in steps, with waits between them. */
static int openssl_handshake(const php_stream_ops *original, php_stream *stream, php_stream_xport_crypto_param *param)
{
	php_netstream_data_t *sock = blocking_socket(stream);
	int64_t limit, deadline;
	int result, flags;

	if (!sock) {
		return original->set_option(stream, PHP_STREAM_OPTION_CRYPTO_API, 0, param);
	}
	limit = connected.stream == stream ? connected.limit : to_microseconds(&sock->timeout);
	connected.stream = NULL;
	deadline = now() + limit;
	for (;;) {
		flags = fcntl(sock->socket, F_GETFL);
		fcntl(sock->socket, F_SETFL, flags | O_NONBLOCK);
		sock->is_blocked = false;
		result = original->set_option(stream, PHP_STREAM_OPTION_CRYPTO_API, 0, param);
		sock->is_blocked = true;
		fcntl(sock->socket, F_SETFL, flags);
		if (result != PHP_STREAM_OPTION_RETURN_OK || param->outputs.returncode != 0 || EG(exception)) {
			return result;
		}
		/* It nearly always waits for the other side; should it be its own output that has no room, another step after a while does it. */
		if (limit >= 0 && now() >= deadline) {
			php_error_docref(NULL, E_WARNING, "SSL: Handshake timed out");
			param->outputs.returncode = -1;
			return result;
		}
		if (wait_for_one(stream, sock->socket, POLLIN | POLLPRI, limit < 0 ? 100000 : MIN(100000, deadline - now())) == WAIT_FAILED) {
			param->outputs.returncode = -1;
			return result;
		}
	}
}

static int openssl_set_option(const php_stream_ops *original, php_stream *stream, int option, int value, void *data)
{
	if (option == PHP_STREAM_OPTION_CRYPTO_API && at_may_wait()) {
		php_stream_xport_crypto_param *crypto = data;

		if (crypto->op == STREAM_XPORT_CRYPTO_OP_ENABLE && crypto->inputs.activate) {
			return openssl_handshake(original, stream, crypto);
		}
	}
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
	destination to = destination_of(stream, buffer, count);
	int fd = pipe_of(original, stream);

	if (fd >= 0 && (EG(exception) || wait_for_one_to(stream, fd, POLLIN, -1, to.shared) != WAIT_READY)) {
		stream->eof |= !EG(exception);
		return -1;
	}
	after_wait(stream, &to);
	return to.count ? original->read(stream, to.buffer, to.count) : 0;
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

void at_stream_of(int fd, zval *to)
{
	php_stream *stream = php_stream_fopen_from_fd(fd, "r", NULL);

	if (stream) {
		stream->orig_path = estrdup(COMPLETIONS);
		php_stream_to_zval(stream, to);
	} else {
		close(fd);
	}
}

bool at_is_completion_stream(const php_stream *stream)
{
	return stream->orig_path && !strcmp(stream->orig_path, COMPLETIONS);
}
