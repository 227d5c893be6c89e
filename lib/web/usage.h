/* SPDX-License-Identifier: MIT */
/*
 * How each route of the API is used: a row beside that of the route table. The document of openapi.h is
 * printed from both; the parameters here are those that the management API accepts.
 */
#ifndef WEB_USAGE_H
#define WEB_USAGE_H

#include "web/router.h"
#include "web/shape.h"

/* What the document groups operations by. */
struct tag {
	const char *name;
	const char *doc;
};

enum usage_flag {
	USAGE_CONFLICTS = 1, /* 409 */
	USAGE_MISSES = 2, /* 404, though the path names nothing */
	USAGE_SILENT = 4, /* 204 too */
	USAGE_FORM = 8, /* the body is a form */
	USAGE_EXPIRES = 16, /* 410 */
	USAGE_NEVER = 32 /* 501, whatever is asked; one row for all paths of its handler */
};

struct usage {
	enum face face; /* with handler, method and kind: which route */
	handler_fn *handler;
	enum http_method method;
	enum resource_kind kind;
	const char *id; /* operationId */
	const struct tag *tag;
	const char *summary;
	const char *doc; /* what else there is to say; NULL: nothing */
	const char *captures[2]; /* examples of what stands in the path */
	const struct field *parameters; /* of the query; NULL: none */
	const struct shape *body; /* NULL: none */
	enum shape_part part; /* of the body */
	const struct shape *answer; /* NULL: no body */
	enum http_status status; /* of success; 0: 200, where there is an answer */
	unsigned flags;
};

extern const struct usage usages[];
extern const size_t usage_count;

extern const struct tag *const tags[]; /* NULL-terminated */

/* What a failure looks like; NULL: the face has pages. */
extern const struct shape *const face_errors[FACE__MAX];

/* The row of a route; NULL: it is no API but a page, or part of one. */
const struct usage *usage_of(const struct route *route);

/* May the route fail with e? One error stands for all of its status. */
bool usage_fails(const struct route *route, const struct usage *usage, enum scim_err e);

/* Does it succeed with that status? */
bool usage_succeeds(const struct route *route, const struct usage *usage, enum http_status status);

/* Does it answer with that status, either way? */
bool usage_answers(const struct route *route, const struct usage *usage, int status);

#endif
