/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests that go out: POSTs to addresses that a customer chose, several at a time. The only
 * user of libcurl. A redirect is not followed, a proxy of the environment is not used, certificates
 * are verified, and the address that is really connected to is checked, so that a name that
 * changes its mind between two look-ups gains nothing.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include "base/ctx.h"

struct http_policy {
	bool allow_http; /* http://, not only https:// */
	bool allow_private; /* addresses that are not public, see address.h */
	int64_t connect_ms; /* longest wait for a connection */
	int64_t total_ms; /* longest request in all, the answer's body included */
};

enum {
	HTTP_URL_BYTES = 1024, /* longest URL */
	HTTP_KEPT_BYTES = 2048, /* what is kept of an answer's body */
	HTTP_READ_BYTES = 65536, /* what is read of an answer; then it is cut off */
	HTTP_STATUS_GONE = 410 /* RFC 9110 section 15.5.11: it will not come back */
};

/*
 * Is it a URL that a request may go to? https (http, if allowed), a host, perhaps a port, a path, a
 * query; no user, no fragment; printable ASCII; no literal address that is not public, unless
 * allowed, in whatever notation. Names are not looked up.
 *
 * Fails: SCIM_INVALID_VALUE  with what is wrong
 *        SCIM_INTERNAL       libcurl is not there
 */
enum scim_err http_check_url(
	struct ctx *cx, const struct http_policy *policy, const char *name, const char *url);

/* One request. What it points to, and itself, live until it has ended. */
struct http_post {
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated */
	const char *body;
	size_t body_len;
	void *owner; /* the caller's */
	/* set when it has ended: */
	int status; /* of the answer; 0: there was none, or not a whole one */
	const char *error; /* why, for a person; NULL with a status */
	const char *response; /* begin of the answer's body, valid UTF-8 without NUL */
	int64_t duration_us;
};

/* The requests under way. */
struct http;

/* policy lives as long as process. NULL: libcurl is not there; that was logged. */
struct http *http_new(struct arena *process, const struct http_policy *policy);

/*
 * Begin a request. It belongs to arena, which may end before the request does: that drops it.
 * Never fails: what goes wrong is the error of a request that has ended.
 */
void http_begin(struct http *http, struct arena *arena, struct http_post *post);

/* Go on with all of them; return when something has happened, on a signal, or after ms. */
void http_wait(struct http *http, int ms);

/* Is it a status that says where else to go? */
bool http_is_redirect(int status);

/* One that has ended, each once; NULL: none. */
struct http_post *http_ended(struct http *http);

#endif
