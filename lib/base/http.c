/* SPDX-License-Identifier: MIT */
/* libcurl's multi interface. Knows URLs, addresses and time limits; refuses to know what is sent. */
#include "base/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"

enum {
	CONNECTIONS = 64, /* kept open for the next request */
	STATUS_REDIRECT = 300 /* to 399 */
};

/*
 * libcurl is loaded when it is first needed: each start would pay for it and for the nine libraries behind it, and
 * few requests need it.
 */
#define LIBCURL "libcurl.so.4"
/* clang-format off */
#define FUNCTIONS(each) \
	each(easy_cleanup) each(easy_getinfo) each(easy_init) each(easy_setopt) each(easy_strerror) each(free) \
	each(global_cleanup) each(global_init) \
	each(multi_add_handle) each(multi_cleanup) each(multi_info_read) each(multi_init) each(multi_perform) \
	each(multi_poll) each(multi_remove_handle) each(multi_setopt) \
	each(slist_append) each(slist_free_all) \
	each(url) each(url_cleanup) each(url_get) each(url_set)
#define POINTER(name) __typeof__(curl_##name) *(name);
#define FIND(name) && find(library, "curl_" #name, &curl->name)
/* clang-format on */

/* Its functions. */
struct curl {
	FUNCTIONS(POINTER)
};

static bool find(void *library, const char *name, void *place)
{
	void *function = dlsym(library, name);

	memcpy(place, &function, sizeof(function));
	return function != NULL;
}

/* NULL: it is not there, see dlerror. */
static const struct curl *load(struct arena *arena)
{
	struct curl *curl = arena_alloc(arena, sizeof(*curl));
	void *library = dlopen(LIBCURL, RTLD_NOW | RTLD_NODELETE);

	return library FUNCTIONS(FIND) ? curl : NULL;
}

struct http {
	const struct curl *curl;
	CURLM *multi;
	const struct http_policy *policy;
};

/* A request with what it needs while it is under way. */
struct transfer {
	struct http *http;
	struct http_post *post;
	struct arena *arena;
	CURL *easy;
	struct curl_slist *headers;
	int64_t began;
	size_t read; /* bytes of the answer, header and body */
	size_t kept;
	bool refused; /* an address was not public */
	bool cut; /* the answer was too long */
	char response[HTTP_KEPT_BYTES];
};

/* --- URLs --- */

static enum scim_err wrong(struct ctx *cx, const char *name, const char *what)
{
	return ctx_fail(cx, SCIM_INVALID_VALUE, "'%s' %s", name, what);
}

/* What libcurl would take or mend, and two readers might read differently. */
static const char *odd_text(const struct http_policy *policy, const char *url)
{
	const char *s, *host = strstr(url, "://");
	size_t len = strlen(url);

	if (len > HTTP_URL_BYTES)
		return "is longer than 1024 bytes";
	for (s = url; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("\\\"<>^`{|}", *s))
			return "holds a character that must be percent-encoded, or a host that"
			       " must be in punycode";
	if (!text_istarts(url, len, "https://") &&
		!(policy->allow_http && text_istarts(url, len, "http://")))
		return policy->allow_http ? "must begin with https:// or http://"
					  : "must begin with https://";
	host += strlen("://");
	if (*host == '/')
		return "has no host";
	if (memchr(host, '@', strcspn(host, "/?")))
		return "must not hold a user name";
	return strchr(url, '#') ? "must not have a fragment" : NULL;
}

/* A URL, taken apart. */
struct parts {
	const struct curl *curl;
	CURLU *handle;
	char *host; /* NULL: none */
	char *port;
};

static void free_parts(void *arg)
{
	struct parts *parts = arg;

	parts->curl->free(parts->host);
	parts->curl->free(parts->port);
	parts->curl->url_cleanup(parts->handle);
}

/* Normalized: 0x7f.1 and 2130706433 are 127.0.0.1 here. */
static bool take_apart(struct parts *parts, const char *url)
{
	const struct curl *curl = parts->curl;

	if (curl->url_set(parts->handle, CURLUPART_URL, url, CURLU_DISALLOW_USER))
		return false;
	curl->url_get(parts->handle, CURLUPART_HOST, &parts->host, 0);
	curl->url_get(parts->handle, CURLUPART_PORT, &parts->port, 0);
	return true;
}

enum scim_err http_check_url(
	struct ctx *cx, const struct http_policy *policy, const char *name, const char *url)
{
	const char *odd = odd_text(policy, url);
	struct parts *parts;

	if (odd)
		return wrong(cx, name, odd);
	parts = arena_alloc(cx->arena, sizeof(*parts));
	parts->curl = load(cx->arena);
	if (!parts->curl)
		return ctx_fail(cx, SCIM_INTERNAL, "%s", dlerror());
	parts->handle = parts->curl->url();
	arena_defer(cx->arena, free_parts, parts);
	if (!take_apart(parts, url))
		return wrong(cx, name, "is not a URL");
	if (!parts->host || strchr(parts->host, '%'))
		return wrong(cx, name, "has no host that can be reached");
	if (parts->port && strcmp(parts->port, "0") == 0)
		return wrong(cx, name, "has no port that can be reached");
	if (!policy->allow_private && !address_literal_is_public(parts->host))
		return wrong(cx, name, "is an address that is not public");
	return SCIM_OK;
}

/* --- callbacks --- */

/* The address is the one that the connection goes to, whatever a look-up before said. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;

	if (purpose != CURLSOCKTYPE_IPCXN ||
		(!transfer->http->policy->allow_private && !address_is_public(&address->addr))) {
		transfer->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Count what comes in; false when it is enough. */
static bool count(struct transfer *transfer, size_t len)
{
	transfer->read += len;
	transfer->cut = transfer->read > HTTP_READ_BYTES;
	return !transfer->cut;
}

static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
	(void)data;
	return count(arg, size * n) ? size * n : 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *transfer = arg;
	size_t len = size * n, room = HTTP_KEPT_BYTES - transfer->kept;

	memcpy(transfer->response + transfer->kept, data, len < room ? len : room);
	transfer->kept += len < room ? len : room;
	return count(transfer, len) ? len : 0;
}

/* --- requests --- */

static void end_multi(void *arg)
{
	struct http *http = arg;

	http->curl->multi_cleanup(http->multi);
	http->curl->global_cleanup();
}

struct http *http_new(struct arena *process, const struct http_policy *policy)
{
	struct http *http = arena_alloc(process, sizeof(*http));

	http->curl = load(process);
	if (!http->curl) {
		log_line("error", NULL, "%s", dlerror());
		return NULL;
	}
	if (http->curl->global_init(CURL_GLOBAL_DEFAULT))
		abort();
	http->policy = policy;
	http->multi = http->curl->multi_init();
	if (!http->multi)
		abort();
	arena_defer(process, end_multi, http);
	http->curl->multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
	return http;
}

static void end_transfer(void *arg)
{
	struct transfer *transfer = arg;
	const struct curl *curl = transfer->http->curl;

	curl->multi_remove_handle(transfer->http->multi, transfer->easy);
	curl->easy_cleanup(transfer->easy);
	curl->slist_free_all(transfer->headers);
}

static void set_limits(const struct curl *curl, CURL *easy, const struct http_policy *policy)
{
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, policy->allow_http ? "http,https" : "https");
	curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl->easy_setopt(easy, CURLOPT_PROXY, "");
	curl->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)policy->connect_ms);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)policy->total_ms);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* wait for no slow look-up */
}

static void set_callbacks(const struct curl *curl, CURL *easy, struct transfer *transfer)
{
	curl->easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl->easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
}

void http_begin(struct http *http, struct arena *arena, struct http_post *post)
{
	struct transfer *transfer = arena_alloc(arena, sizeof(*transfer));
	const struct curl *curl = http->curl;
	CURL *easy = curl->easy_init();
	const char *const *line;

	if (!easy)
		abort();
	transfer->http = http;
	transfer->post = post;
	transfer->arena = arena;
	transfer->easy = easy;
	transfer->began = time_monotonic();
	arena_defer(arena, end_transfer, transfer);
	for (line = post->headers; *line; line++)
		transfer->headers = curl->slist_append(transfer->headers, *line);
	/* without asking first whether the body is welcome */
	transfer->headers = curl->slist_append(transfer->headers, "Expect:");
	set_limits(curl, easy, http->policy);
	set_callbacks(curl, easy, transfer);
	curl->easy_setopt(easy, CURLOPT_URL, post->url);
	curl->easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl->easy_setopt(easy, CURLOPT_POST, 1L);
	curl->easy_setopt(easy, CURLOPT_POSTFIELDS, post->body);
	curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_len);
	if (curl->multi_add_handle(http->multi, easy))
		abort();
}

void http_wait(struct http *http, int ms)
{
	int running;

	http->curl->multi_perform(http->multi, &running);
	http->curl->multi_poll(http->multi, NULL, 0, ms, NULL);
	http->curl->multi_perform(http->multi, &running);
}

bool http_is_redirect(int status)
{
	return status / 100 == STATUS_REDIRECT / 100;
}

/* Text that a database and JSON take: other bytes become question marks. */
static const char *clean(struct arena *arena, const char *data, size_t len)
{
	char *text = arena_strndup(arena, data, len);
	size_t i = 0, n;

	while (i < len) {
		n = data[i] ? utf8_len(data + i, len - i) : 0;
		if (n == 0)
			text[i++] = '?';
		else
			memcpy(text + i, data + i, n);
		i += n;
	}
	return text;
}

/* Why there is no answer; NULL when there is one. */
static const char *find_error(const struct transfer *transfer, CURLcode code)
{
	if (code == CURLE_OK || transfer->cut)
		return NULL;
	if (transfer->refused)
		return "the address is not public: it was not connected to";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "timed out";
	return transfer->http->curl->easy_strerror(code);
}

struct http_post *http_ended(struct http *http)
{
	struct transfer *transfer = NULL;
	struct http_post *post;
	CURLMsg *message;
	long status = 0;
	int left;

	do
		message = http->curl->multi_info_read(http->multi, &left);
	while (message && message->msg != CURLMSG_DONE);
	if (!message)
		return NULL;
	http->curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
	http->curl->easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
	post = transfer->post;
	post->error = find_error(transfer, message->data.result);
	post->status = post->error ? 0 : (int)status;
	post->response = clean(transfer->arena, transfer->response, transfer->kept);
	post->duration_us = time_monotonic() - transfer->began;
	return post;
}
