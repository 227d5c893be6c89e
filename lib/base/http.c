/* SPDX-License-Identifier: MIT */
/* libcurl's multi interface. Knows URLs, addresses and time limits; refuses to know what is sent. */
#include "base/http.h"

#include <curl/curl.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

enum {
	CONNECTIONS = 64, /* kept open for the next request */
	STATUS_REDIRECT = 300 /* to 399 */
};

struct http {
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

static void free_text(void *text)
{
	curl_free(text);
}

static const char *url_part(struct ctx *cx, CURLU *handle, CURLUPart part)
{
	char *text;

	if (curl_url_get(handle, part, &text, 0))
		return NULL;
	arena_defer(cx->arena, free_text, text);
	return text;
}

static void free_url(void *handle)
{
	curl_url_cleanup(handle);
}

enum scim_err http_check_url(
	struct ctx *cx, const struct http_policy *policy, const char *name, const char *url)
{
	const char *odd = odd_text(policy, url), *host, *port;
	CURLU *handle;

	if (odd)
		return wrong(cx, name, odd);
	handle = curl_url();
	arena_defer(cx->arena, free_url, handle);
	if (curl_url_set(handle, CURLUPART_URL, url, CURLU_DISALLOW_USER))
		return wrong(cx, name, "is not a URL");
	/* normalized: 0x7f.1 and 2130706433 are 127.0.0.1 here */
	host = url_part(cx, handle, CURLUPART_HOST);
	port = url_part(cx, handle, CURLUPART_PORT);
	if (!host || strchr(host, '%'))
		return wrong(cx, name, "has no host that can be reached");
	if (port && strcmp(port, "0") == 0)
		return wrong(cx, name, "has no port that can be reached");
	if (!policy->allow_private && !address_literal_is_public(host))
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

static void end_multi(void *multi)
{
	curl_multi_cleanup(multi);
	curl_global_cleanup();
}

struct http *http_new(struct arena *process, const struct http_policy *policy)
{
	struct http *http = arena_alloc(process, sizeof(*http));

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
	http->policy = policy;
	http->multi = curl_multi_init();
	if (!http->multi)
		abort();
	arena_defer(process, end_multi, http->multi);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
	return http;
}

static void end_transfer(void *arg)
{
	struct transfer *transfer = arg;

	curl_multi_remove_handle(transfer->http->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
}

static void set_limits(CURL *easy, const struct http_policy *policy)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, policy->allow_http ? "http,https" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)policy->connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)policy->total_ms);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* wait for no slow look-up */
}

static void set_callbacks(CURL *easy, struct transfer *transfer)
{
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
}

void http_begin(struct http *http, struct arena *arena, struct http_post *post)
{
	struct transfer *transfer = arena_alloc(arena, sizeof(*transfer));
	CURL *easy = curl_easy_init();
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
		transfer->headers = curl_slist_append(transfer->headers, *line);
	/* without asking first whether the body is welcome */
	transfer->headers = curl_slist_append(transfer->headers, "Expect:");
	set_limits(easy, http->policy);
	set_callbacks(easy, transfer);
	curl_easy_setopt(easy, CURLOPT_URL, post->url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_len);
	if (curl_multi_add_handle(http->multi, easy))
		abort();
}

void http_wait(struct http *http, int ms)
{
	int running;

	curl_multi_perform(http->multi, &running);
	curl_multi_poll(http->multi, NULL, 0, ms, NULL);
	curl_multi_perform(http->multi, &running);
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
	return curl_easy_strerror(code);
}

struct http_post *http_ended(struct http *http)
{
	struct transfer *transfer = NULL;
	struct http_post *post;
	CURLMsg *message;
	long status = 0;
	int left;

	do
		message = curl_multi_info_read(http->multi, &left);
	while (message && message->msg != CURLMSG_DONE);
	if (!message)
		return NULL;
	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
	curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
	post = transfer->post;
	post->error = find_error(transfer, message->data.result);
	post->status = post->error ? 0 : (int)status;
	post->response = clean(transfer->arena, transfer->response, transfer->kept);
	post->duration_us = time_monotonic() - transfer->began;
	return post;
}
