/* SPDX-License-Identifier: MIT */
/*
 * From a request to its answer: route, authenticate, handle, commit or roll back, log. The route
 * table is the whole API; permission is a column of it.
 */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "web/call.h"

typedef enum scim_err handler_fn(struct call *call);

/* A route without flags is authenticated and reads only. */
enum route_flag {
	ROUTE_PUBLIC = 1, /* no credential */
	ROUTE_WRITES = 2, /* BEGIN goes before; the handler commits */
	ROUTE_BODY = 4, /* reads only, but has a body */
	ROUTE_KNOWN = 8 /* public, and a credential that comes along is looked at */
};

struct route {
	enum face face;
	enum http_method method;
	const char *path; /* below the face's mount, "" is itself; {id} is captured */
	handler_fn *handler;
	enum resource_kind kind; /* KIND__MAX: none, or all */
	unsigned flags;
	enum key_scope scope; /* what the API key must have */
	const char *reference; /* RFC section */
};

extern const struct route routes[];
extern const size_t route_count;

extern const char *const http_method_names[HTTP__MAX];

/* Where the faces hang below the base path; {directory} is the tenant's id. */
struct mount {
	const char *path;
	enum face face;
	const char *base; /* of the locations of resources; {directory} comes behind */
	int kept; /* so many segments of path are the face's own */
};

extern const struct mount mounts[];
extern const size_t mount_count;

/*
 * The mount that an undecoded path looks addressed to, whether or not there is such a route, and what
 * stands behind the mount's own path. A query may follow.
 */
const struct mount *mount_of(const char *path, const char **below);
enum face path_face(const char *path);

/* The route's path below that mount, in the arena; NULL: it is not there. */
const char *mount_route(struct arena *arena, const struct mount *mount, const struct route *route);

/*
 * Queue the verification of the caller again, for another trip of a route that does not write: such a
 * trip is a transaction of its own.
 */
void router_enter(struct call *call);

/*
 * Answer one request. cx is new (arena, limits, now, request_id); rs is zeroed. Whatever happens,
 * rs is an answer and no transaction is open afterwards.
 */
void router_handle(struct ctx *cx, const struct app *app, struct db *db, const struct request *rq,
	struct response *rs);

#endif
