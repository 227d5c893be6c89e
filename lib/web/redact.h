/* SPDX-License-Identifier: MIT */
/*
 * What of a request may be kept: everything but passwords and our own credentials. Knows names and
 * prefixes, not routes.
 */
#ifndef WEB_REDACT_H
#define WEB_REDACT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/arena.h"
#include "scim/schema.h"

/* Path and query; the query is left out when it speaks of a password or holds a credential. */
const char *redact_url(struct arena *arena, const char *path, const char *query);

/*
 * The custom attributes whose values may not be kept, for the functions below: those that are
 * writeOnly or returned never. NULL-terminated, in the arena; NULL when there are none.
 */
const char *const *redact_names(struct arena *arena, const struct resource_type types[KIND__MAX]);

/* The same, and no query that mentions one of the names. */
const char *redact_url_names(
	struct arena *arena, const char *const *names, const char *path, const char *query);

/*
 * A body's text without password values, at any depth, and without the value of a PATCH operation
 * on password; a note for one whose names quote a password. NULL without text; a note in its place when it could not be parsed (tree NULL).
 */
const char *redact_body(struct arena *arena, const char *text, struct json_object *tree);

/* The same, and without the values of the names, wherever a member or a path is called so. */
const char *redact_body_names(
	struct arena *arena, const char *const *names, const char *text, struct json_object *tree);

/* Does a text neither name a secret nor hold one? Then a body is kept as it is, and needs no tree. */
bool redact_keeps(const char *const *names, const char *text);

/*
 * The body of a SearchRequest, whose filter may speak of a secret: as it is, or a note. NULL stays
 * NULL.
 */
const char *redact_search(const char *const *names, const char *text);

/*
 * An answer's body or detail: NULL stays NULL, and a note stands for one that holds a secret; for a
 * failure, which quotes what was sent, also for one that names a secret attribute.
 */
const char *redact_answer(const char *const *names, const char *text, bool failed);

/* A header's value with every byte that is not printable ASCII replaced; NULL stays NULL. */
const char *redact_header(struct arena *arena, const char *value);

#endif
