/* SPDX-License-Identifier: MIT */
/* What an API key may: the permissions that the route table names. */
#ifndef STORE_SCOPE_H
#define STORE_SCOPE_H

#include "base/ctx.h"

enum key_scope {
	SCOPE_NONE = 0,
	SCOPE_READ = 1, /* users and groups */
	SCOPE_EVENTS = 2, /* the event feed */
	SCOPE_LOGS = 4, /* the request log */
	SCOPE_MANAGE = 8, /* all else */
	SCOPE_ALL = 15
};

enum {
	SCOPES = 4
};

/* "read", "events", "logs", "manage": the name of the scope 1 << i; NULL-terminated. */
extern const char *const scope_names[SCOPES + 1];

/* The scope of that name, SCOPE_NONE when there is none. */
enum key_scope scope_of(const char *name, size_t len);

/* The name of one scope. */
const char *scope_name(enum key_scope scope);

/* The names of a set of scopes, as a parameter of type text[]. */
const char *scopes_param(struct ctx *cx, unsigned scopes);

/* What scopes_param wrote, as PostgreSQL gives it back; names we do not know are none. */
unsigned scopes_read(const char *array);

#endif
