/* SPDX-License-Identifier: MIT */
/*
 * A worker's loop. Connections are accepted here and handed to libfcgi, because its own accept can
 * neither be interrupted without a race nor give up on a peer that stays silent.
 */
#include "gateway.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "store/maintain.h"
#include "web/router.h"

enum {
	LISTENER_FCGI = 0, /* where a web server puts the socket: FastCGI section 2.2 */
	BACKLOG = 1024,
	DRAIN = 16384,
	HEAD_BYTES = 512,
	/* requests between two rounds of upkeep, on average: of those that may write, and of reads, which leave rows of the log */
	UPKEEP_WRITES = 256,
	UPKEEP_READS = 1024
};

extern char **environ;

static volatile sig_atomic_t ended;

static void on_term(int signal)
{
	(void)signal;
	ended = 1;
	FCGX_ShutdownPending();
}

int gateway_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	unlink(path);
	/* whoever can open it is believed in everything: the owner and the web server's group */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || chmod(path, 0660) ||
		listen(fd, BACKLOG)) {
		close(fd);
		return -1;
	}
	return fd;
}

bool gateway_is_cgi(void)
{
	return FCGX_IsCGI();
}

/* What of the environment makes a request, beside what struct request has a place for. */
struct environment {
	struct request rq;
	const char *length;
	const char *redirected; /* Apache's name for Authorization behind a rewrite in .htaccess */
	const char *ignored;
};

/* A variable, where its value goes, and whether a second one of the name makes the request ambiguous. */
static const struct variable {
	const char *name;
	size_t len;
	size_t place;
	bool once;
} variables[] = {
#define VARIABLE(name, member, once) \
	{ \
		name, sizeof(name) - 1, offsetof(struct environment, member), once \
	}
	VARIABLE("REQUEST_METHOD", rq.method, false),
	VARIABLE("REQUEST_URI", rq.target, false),
	VARIABLE("REMOTE_ADDR", rq.remote_address, false),
	VARIABLE("CONTENT_LENGTH", length, false),
	VARIABLE("CONTENT_TYPE", rq.content_type, true),
	VARIABLE("HTTP_CONTENT_LENGTH", ignored, true),
	VARIABLE("HTTP_AUTHORIZATION", rq.authorization, true),
	VARIABLE("REDIRECT_HTTP_AUTHORIZATION", redirected, false),
	VARIABLE("HTTP_IF_MATCH", rq.if_match, true),
	VARIABLE("HTTP_IF_NONE_MATCH", rq.if_none_match, true),
	VARIABLE("HTTP_USER_AGENT", rq.user_agent, false),
	VARIABLE("HTTP_COOKIE", rq.cookie, true),
	VARIABLE("HTTP_ORIGIN", rq.origin, true),
	VARIABLE("HTTP_SEC_FETCH_SITE", rq.fetch_site, true),
	VARIABLE("HTTP_X_HTTP_METHOD_OVERRIDE", rq.method_override, true),
#undef VARIABLE
};

static const struct variable *find_variable(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		if (variables[i].len == len && memcmp(variables[i].name, name, len) == 0)
			return &variables[i];
	return NULL;
}

/*
 * One NAME=value. lighttpd before 1.4.83 passes If-Match and If_Match as two variables of one name: the
 * first counts.
 */
static void read_variable(const char *text, struct environment *environment)
{
	size_t len = strcspn(text, "=");
	const struct variable *variable = find_variable(text, len);
	const char **place;

	if (!variable || !text[len])
		return;
	place = (const char **)((char *)environment + variable->place);
	if (!*place)
		*place = text + len + 1;
	else if (variable->once)
		environment->rq.ambiguous = true;
}

static int64_t content_length(const char *text)
{
	long long length;

	if (!text || !*text) /* nginx says "" when there is no body */
		return -1;
	return text_int(text, strlen(text), &length) && length >= 0 ? length : -1;
}

static struct request read_environment(char **env)
{
	struct environment environment = { .rq.method = NULL };
	struct request *rq = &environment.rq;

	for (; *env; env++)
		read_variable(*env, &environment);
	if (!rq->method)
		rq->method = "";
	if (!rq->authorization)
		rq->authorization = environment.redirected;
	rq->content_length = content_length(environment.length);
	return *rq;
}

/* With Content-Length: a worker that dies in the middle cannot pass for done. */
static void print_head(struct buf *out, const struct response *rs)
{
	const char *id = id_print(out->arena, ID_REQUEST, &rs->request_id);

	buf_printf(out,
		"Status: %d %s\r\nX-Request-Id: %s\r\nCache-Control: %s\r\n"
		"X-Content-Type-Options: nosniff\r\n",
		rs->status, status_reason(rs->status), id,
		rs->lasting ? "max-age=3600" : "no-store");
	if (rs->content_type && rs->body.len)
		buf_printf(out, "Content-Type: %s%s\r\n", rs->content_type,
			strchr(rs->content_type, ';') ? "" : "; charset=utf-8");
	if (rs->location)
		buf_printf(out, "Location: %s\r\n", rs->location);
	if (rs->etag)
		buf_printf(out, "ETag: %s\r\n", rs->etag);
	if (rs->allow)
		buf_printf(out, "Allow: %s\r\n", rs->allow);
	if (rs->no_cache)
		buf_puts(out, "Pragma: no-cache\r\n");
	if (rs->challenge)
		buf_printf(out, "WWW-Authenticate: %s\r\n", rs->challenge);
	if (rs->cookie)
		buf_printf(out, "Set-Cookie: %s\r\n", rs->cookie);
	if (rs->policy)
		buf_printf(out,
			"Content-Security-Policy: %s\r\nX-Frame-Options: DENY\r\n"
			"Referrer-Policy: no-referrer\r\n",
			rs->policy);
	if (rs->retry_after)
		buf_puts(out, "Retry-After: 1\r\n");
	if (rs->status != HTTP_NO_CONTENT && rs->status != HTTP_NOT_MODIFIED)
		buf_printf(out, "Content-Length: %zu\r\n", buf_size(&rs->body));
	buf_puts(out, "\r\n");
}

static bool has_body(const struct response *rs)
{
	return !rs->head && rs->body.len > 0;
}

static struct ctx new_ctx(const struct settings *settings, struct arena *arena)
{
	struct ctx cx = { .arena = arena, .limits = &settings->app.limits, .now = time_now() };

	cx.request_id = uuid_v7(time_precise());
	return cx;
}

static void answer(const struct settings *settings, struct db *db, struct arena *arena,
	const struct request *rq, struct response *rs)
{
	struct ctx cx = new_ctx(settings, arena);

	router_handle(&cx, &settings->app, db, rq, rs);
}

/* By chance, so that no process has to remember when it was last done. */
static bool is_due(const struct response *rs)
{
	unsigned chance = (unsigned)rs->request_id.byte[11] << 8 | rs->request_id.byte[12];

	return chance % (rs->writes ? UPKEEP_WRITES : UPKEEP_READS) == 0;
}

static void upkeep(const struct settings *settings, struct db *db, const struct response *rs)
{
	struct arena *arena;
	struct ctx cx;

	if (!(rs->entered || rs->managed) || !is_due(rs))
		return;
	arena = arena_new();
	cx = new_ctx(settings, arena);
	if (rs->entered)
		maintain_directory(&cx, db, &rs->directory, &settings->app.retention);
	else
		maintain_environment(&cx, db, &rs->environment, &settings->app.retention);
	arena_free(arena);
}

static int read_stream(void *arg, char *data, int len)
{
	return FCGX_GetStr(data, len, arg);
}

/*
 * Some fronts reuse a connection only when the body was read to its end. mod_cgid's is a socket: what is left there
 * when the process ends resets it, and the answer is lost.
 */
static void drain(const struct request *rq)
{
	char scrap[DRAIN];

	while (rq->read(rq->read_arg, scrap, sizeof(scrap)) > 0)
		continue;
}

/* libfcgi counts in int; a larger answer could not be sent whole. */
static void put_stream(void *out, const char *data, size_t len)
{
	if (len > INT_MAX)
		abort();
	FCGX_PutStr(data, (int)len, out);
}

static void serve_one(const struct settings *settings, struct db *db, FCGX_Request *fcgi)
{
	struct arena *arena = arena_new();
	struct request rq = read_environment(fcgi->envp);
	struct response rs = { 0 };
	struct buf head;

	rq.read = read_stream;
	rq.read_arg = fcgi->in;
	answer(settings, db, arena, &rq, &rs);
	drain(&rq);
	buf_init(&head, arena, HEAD_BYTES);
	print_head(&head, &rs);
	FCGX_PutStr(head.data, (int)head.len, fcgi->out);
	if (has_body(&rs))
		buf_send(&rs.body, &(struct buf_sink){ put_stream, fcgi->out });
	FCGX_Finish_r(fcgi);
	upkeep(settings, db, &rs);
	arena_free(arena);
}

struct worker {
	const struct settings *settings;
	struct db *db;
	int listener;
	int poller;
	sigset_t waiting; /* signals while it waits: SIGTERM is let in */
};

/* A connection of the socket, or -1 on SIGTERM. Only the worker that takes it wakes up. */
static int accept_one(const struct worker *worker)
{
	struct timeval patience = { .tv_sec = worker->settings->peer_seconds };
	struct epoll_event event;
	int fd;

	while (!ended) {
		if (epoll_pwait(worker->poller, &event, 1, -1, &worker->waiting) < 1)
			continue;
		fd = accept4(worker->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		return fd;
	}
	return -1;
}

/* SIGTERM is blocked while a request is in hand, and let in while we wait for the next. */
static void block_term(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = on_term };
	sigset_t term;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigaddset(&term, SIGINT);
	sigprocmask(SIG_BLOCK, &term, waiting);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGINT);
}

static int new_poller(int listener)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int poller = epoll_create1(EPOLL_CLOEXEC);

	fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
	if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event))
		return -1;
	return poller;
}

/* Does the web server say something on a connection that it keeps? SIGTERM is let in here too. */
static bool is_readable(const struct settings *settings, int fd, const sigset_t *mask)
{
	struct timespec patience = { .tv_sec = settings->peer_seconds };
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return fd >= 0 && ppoll(&ready, 1, &patience, mask) == 1 && !ended;
}

/* A kept connection gives one request after another; libfcgi closes it at its end. */
static int64_t serve_connection(struct worker *worker, int fd)
{
	FCGX_Request fcgi;
	int64_t served = 0;

	FCGX_InitRequest(&fcgi, worker->listener, FCGI_FAIL_ACCEPT_ON_INTR);
	fcgi.ipcFd = fd;
	fcgi.keepConnection = 1; /* or FCGX_Accept_r begins by closing it */
	while (is_readable(worker->settings, fcgi.ipcFd, &worker->waiting) &&
		FCGX_Accept_r(&fcgi) >= 0) {
		serve_one(worker->settings, worker->db, &fcgi);
		served++;
	}
	FCGX_Free(&fcgi, 1);
	return served;
}

void gateway_serve(const struct settings *settings, int listener)
{
	struct arena *process = arena_new();
	struct worker worker = { .settings = settings,
		.db = db_new(process, &settings->db),
		.listener = listener < 0 ? LISTENER_FCGI : listener };
	int64_t left = settings->requests_per_worker ? settings->requests_per_worker : INT64_MAX;
	int fd;

	block_term(&worker.waiting);
	FCGX_Init();
	worker.poller = new_poller(worker.listener);
	if (worker.poller < 0)
		log_line("error", NULL, "cannot wait on the socket: %s", strerror(errno));
	while (worker.poller >= 0 && left > 0 && (fd = accept_one(&worker)) >= 0)
		left -= serve_connection(&worker, fd);
	db_close(worker.db);
	arena_free(process);
}

static int read_stdin(void *arg, char *data, int len)
{
	int64_t *left = arg;
	ssize_t n;

	/* RFC 3875 section 4.2: not a byte beyond CONTENT_LENGTH, there may be no end of file */
	if (*left <= 0)
		return 0;
	do
		n = read(STDIN_FILENO, data, *left < len ? (size_t)*left : (size_t)len);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		*left -= n;
	return (int)n;
}

static void put_stdout(void *arg, const char *data, size_t len)
{
	(void)arg;
	ssize_t n;

	while (len > 0) {
		n = write(STDOUT_FILENO, data, len);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

void gateway_cgi(const struct settings *settings)
{
	struct arena *arena = arena_new();
	struct db *db = db_new(arena, &settings->db);
	struct request rq = read_environment(environ);
	int64_t left = rq.content_length;
	struct response rs = { 0 };
	struct buf head;

	rq.read = read_stdin;
	rq.read_arg = &left;
	answer(settings, db, arena, &rq, &rs);
	drain(&rq);
	buf_init(&head, arena, HEAD_BYTES);
	print_head(&head, &rs);
	put_stdout(NULL, head.data, head.len);
	if (has_body(&rs))
		buf_send(&rs.body, &(struct buf_sink){ .put = put_stdout });
	upkeep(settings, db, &rs);
	db_close(db);
	arena_free(arena);
}
