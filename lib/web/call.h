/* SPDX-License-Identifier: MIT */
/*
 * One request and its answer, as the handlers see them. Handlers get arguments, call scim/, call
 * store/ and fill the response; they never touch FastCGI, headers other than those named here, or
 * the bytes that are sent.
 */
#ifndef WEB_CALL_H
#define WEB_CALL_H

#include <json-c/json.h>

#include "base/buf.h"
#include "base/http.h"
#include "base/lift.h"
#include "scim/dialect.h"
#include "scim/search.h"
#include "store/credential.h"
#include "store/maintain.h"
#include "store/reqlog.h"

enum http_method {
	HTTP_GET,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OTHER, /* answered 405 */
	HTTP__MAX
};

/* Statuses of success; those of failure are in base/err.c. */
enum http_status {
	HTTP_OK = 200,
	HTTP_CREATED = 201,
	HTTP_NO_CONTENT = 204,
	HTTP_SEE_OTHER = 303,
	HTTP_NOT_MODIFIED = 304
};

/* Which protocol answers, in whose error format. */
enum face {
	FACE_SCIM, /* SCIM 2.0 */
	FACE_SCIM1, /* SCIM 1.1 */
	FACE_PINGONE, /* SCIM 1.1 as PingOne's directory speaks it */
	FACE_MANAGEMENT, /* the vendor's API */
	FACE_OAUTH, /* RFC 6749 */
	FACE_SETUP, /* the page of a customer's IT admin */
	FACE_CONSOLE, /* the vendor's pages */
	FACE__MAX
};

/* Read up to len bytes of the body; 0 at its end, negative when the peer is gone. */
typedef int body_fn(void *arg, char *data, int len);

/* What the gateway hands over. Texts are as the web server gave them, NULL when absent. */
struct request {
	const char *method;
	const char *target; /* REQUEST_URI: undecoded path and query */
	const char *content_type;
	const char *authorization;
	const char *if_match;
	const char *if_none_match;
	const char *user_agent;
	const char *remote_address;
	const char *cookie;
	const char *origin;
	const char *fetch_site; /* Sec-Fetch-Site */
	const char *method_override; /* X-HTTP-Method-Override, of SCIM 1.1 */
	int64_t content_length; /* -1: not said */
	bool ambiguous; /* the same header came twice */
	body_fn *read;
	void *read_arg;
};

/* What the gateway sends. */
struct response {
	int status;
	const char *content_type; /* NULL: no body */
	struct buf body;
	struct buf_gap gap; /* of the body */
	const char *location;
	const char *etag;
	const char *allow;
	const char *challenge; /* WWW-Authenticate */
	const char *cookie; /* Set-Cookie */
	const char *policy; /* Content-Security-Policy: it is a page */
	bool no_cache; /* Pragma: no-cache, which RFC 6749 section 5.1 asks for */
	bool lasting; /* may be cached, for it does not change */
	bool retry_after; /* Retry-After */
	bool head; /* the body is counted, not sent */
	struct uuid request_id;
	bool entered; /* a directory was: upkeep may follow */
	struct uuid directory;
	bool writes; /* it was a request that may */
	bool managed; /* an environment was: the same */
	struct uuid environment;
};

/* What does not change after start. */
struct app {
	const char *base_url; /* without a trailing slash */
	const char *base_path; /* its path, "" or "/prefix" */
	struct limits limits;
	struct retention retention;
	int64_t oauth_token_seconds; /* life of a token of an OAuth client */
	bool request_log; /* kept in full */
	struct http_policy http; /* of requests that go out: webhooks */
};

struct call;

/* What differs between the faces. */
struct face_row {
	const char *content_type;
	void (*put_error)(
		struct buf *buf, const struct call *call, enum scim_err e, const char *detail);
	enum scim_err (*enter)(struct call *call, bool write, enum key_scope scope); /* enter.h */
	const char *challenge; /* of a 401, RFC 9110 section 11.6.1; NULL: a browser is not asked */
	const char *page; /* kind of its sessions, and where their cookie goes; NULL: no pages */
	bool forms; /* that is what bodies are */
	const struct dialect
		*dialect; /* of SCIM, where a directory calls; NULL: another protocol */
	/* with a dialect: */
	bool scim_1; /* X-HTTP-Method-Override is heeded, and a suffix .json of the path */
	bool tells; /* PATCH of a group answers all of it, as that of a user does */
	enum http_status created;
	enum http_status deleted;
};

extern const struct face_row face_rows[FACE__MAX];

enum {
	SEGMENTS_MAX = 8
};

struct call {
	struct ctx *cx;
	struct db *db;
	const struct app *app;
	const struct request *rq;
	struct response *rs;
	enum http_method method;
	enum face face;
	const char *method_name; /* of the method, or as it came */
	const char *path; /* undecoded, below the base path, without the query */
	const char *query; /* undecoded, "" for none */
	const char *segment[SEGMENTS_MAX]; /* decoded, below the mount */
	int segments;
	const struct parameter *parameters;
	int parameter_count;
	struct uuid new_id; /* of what this request creates, the same each time it runs */
	int64_t started; /* monotonic microseconds */
	const struct resource_type *rt; /* the route's type, as the tenant has it */
	const char *capture; /* what {id} stands for in the route's path */
	const char *capture2; /* and the second in braces */
	const struct dialect *dialect; /* of SCIM; NULL: another face */
	struct origin origin; /* base: SCIM base URL of this request; the rest once verified */
	const char *path_directory; /* {directory} of the mount, NULL: from the token alone */
	struct tenant tenant; /* of the SCIM faces, once verified */
	struct key_holder holder; /* of the management API and the pages, once verified */
	const char *session; /* the cookie's value; NULL: none */
	const struct parameter *fields; /* of a form, see session.h */
	int field_count;
	const char *secret; /* made by this request, see call_secret */
	bool received; /* the body, or what there is of it */
	const char *body_text; /* NULL: it could not be read */
	size_t body_len;
	enum scim_err body_err; /* why not */
	const char *body_detail;
	struct json_object *body_tree; /* once parsed */
	bool searches; /* it is a SearchRequest */
	struct uuid *bulk_ids; /* as new_id, of the operations of a Bulk request */
	const char *bulk_answer; /* of the attempt before */
	bool logged; /* a row of the request log is queued or written, or none is wanted */
	bool log_tried; /* one was, by this attempt or one before */
};

/*
 * Take the whole body, at most max bytes, before the first trip: a slow sender must hold no lock. It is not
 * looked at until the credential is verified; a failure waits as long.
 */
void call_receive(struct call *call, int64_t max);

/* What call_receive met: SCIM_TOO_LARGE, SCIM_INVALID_SYNTAX (cut short), or SCIM_OK. */
enum scim_err call_received(struct call *call);

/*
 * The body as a JSON object, after its Content-Type (application/scim+json, application/json, or
 * none). Fails: SCIM_UNSUPPORTED_MEDIA_TYPE, and as call_received and json_parse_object.
 */
enum scim_err call_json(struct call *call, struct json_object **body);

/*
 * The same for a write of a resource of the call's type. The members of a group, in a body or in
 * the operations of a PATCH, are lifted out of it (base/lift.h).
 */
enum scim_err call_json_lifted(struct call *call, struct lifted *body);

/* The same for a text. */
enum scim_err call_lift(struct call *call, const struct resource_type *rt, enum http_method method,
	const struct json_slice *text, struct lifted *body);

/*
 * The value of a query parameter (names in any case). *value is NULL when it is absent.
 * Fails: e when it was given twice or cannot be decoded
 */
enum scim_err call_parameter(
	struct call *call, const char *name, enum scim_err e, const char **value);

/* The same as an integer, saturated; *value stays when absent. Fails: SCIM_INVALID_VALUE. */
enum scim_err call_parameter_int(struct call *call, const char *name, int64_t *value);

/*
 * The one new credential of this request: the same each time it runs, so that an attempt recognizes
 * what one before has committed.
 */
const char *call_secret(struct call *call, enum secret_kind kind, const struct uuid *owner);

/* Fill the response for a failure in the face's format; the text is cx->detail or the row's. */
void call_answer_error(struct call *call, enum scim_err e);

/* What kind of text the face answers with. */
const char *call_content_type(const struct call *call);

/* Who answers; whose account it is, is known once the caller is verified, or has said so. */
const struct origin *call_origin(struct call *call);

/* Where a resource is, in the arena. */
const char *call_location(struct call *call, enum resource_kind kind, const struct uuid *id);

/* The body that call_answer_error would send. */
const char *call_error_body(struct call *call, enum scim_err e, const char *detail);

/*
 * Queue the row of the request log for the way this call ends. Where the log is switched off, only what tells
 * that a change was committed.
 */
void call_log(struct call *call, const struct reqlog *log);

/*
 * Queue the row of the audit log for the way this call ends; once the caller was verified.
 *   detail  why it failed, NULL: it did not
 */
void call_audit(struct call *call, int status, const char *detail);

/* An outcome of failure, for what a row of the log says otherwise. */
struct outcome call_outcome(struct call *call, enum scim_err e, const char *detail);

#endif
