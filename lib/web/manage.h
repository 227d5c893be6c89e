/* SPDX-License-Identifier: MIT */
/*
 * What the nouns of the management face share: members of a JSON body as protojson reads them,
 * pages, and texts. The model is SSOReady's API: camelCase, every field present in an answer.
 */
#ifndef WEB_MANAGE_H
#define WEB_MANAGE_H

#include "store/directory.h"
#include "web/call.h"
#include "web/shape.h"

enum {
	PAGE_MAX = 1000,
	PAGE_DEFAULT = 100
};

/* The body, or an empty object when there is none. */
enum scim_err manage_body(struct call *call, struct json_object **body);

/*
 * A member under its camelCase name or, as protojson allows, in snake_case; null counts as absent.
 * *has says whether it is there; *value is set only then.
 *
 * Fails: SCIM_INVALID_VALUE  another JSON type; a text over limits.unique_bytes
 */
enum scim_err manage_string(struct call *call, struct json_object *body, const char *name,
	bool *has, const char **value);
enum scim_err manage_bool(
	struct call *call, struct json_object *body, const char *name, enum change *value);
enum scim_err manage_int(
	struct call *call, struct json_object *body, const char *name, int64_t *value);
enum scim_err manage_array(
	struct call *call, struct json_object *body, const char *name, struct json_object **value);

/*
 * A query parameter that is an RFC 3339 time, in microseconds since 1970; *value is NULL when it is absent or
 * empty, else in the arena. Fails: SCIM_INVALID_VALUE.
 */
enum scim_err manage_time(struct call *call, const char *name, const int64_t **value);

/*
 * Refuse parameters that the route does not know; the router does so before the handler.
 *   fields  the row with name NULL ends them; NULL: none
 *
 * Fails: SCIM_INVALID_VALUE
 */
enum scim_err manage_parameters(struct call *call, const struct field *fields);

/* A page that was asked for. */
struct page {
	const char *token; /* NULL: the first */
	struct uuid after; /* zero: the first */
	int64_t size; /* 1 to PAGE_MAX */
	const char *context; /* the query the token is bound to */
	bool more; /* others follow */
};

/*
 * Read pageToken and pageSize.
 *   context  what else the token is bound to
 *
 * Fails: SCIM_INVALID_VALUE  unknown token or size
 */
enum scim_err manage_page(struct call *call, const char *context, struct page *page);

/* After db_run: was the token ours? e is what db_run said. */
enum scim_err manage_page_check(struct call *call, const struct page *page, enum scim_err e);

/* Append {"name":[; how many of the rows belong to the page, of which one more was asked for. */
int manage_page_open(
	struct call *call, struct page *page, const struct rows *rows, const char *name);

/* Append ],"nextPageToken":"..."}: last is the id of the last row. */
void manage_page_close(struct call *call, const struct page *page, const struct uuid *last);

/* A query parameter under its camelCase name or in snake_case, or NULL. */
enum scim_err manage_parameter(struct call *call, const char *name, const char **value);

/* Append ,"name":"text"; NULL prints "". */
void manage_put(struct buf *buf, const char *name, const char *text);

/* Append ,"name":true or false. */
void manage_put_bool(struct buf *buf, const char *name, bool value);

/* Append ,"name":"2026-11-21T18:49:44.123Z"; 0 prints null. */
void manage_put_time(struct buf *buf, const char *name, int64_t us);

/* COMMIT, with what is queued, and the row of the audit log. */
enum scim_err manage_commit(struct call *call);

#endif
