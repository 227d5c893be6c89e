/* SPDX-License-Identifier: MIT */
/*
 * SearchRequest (RFC 7644 section 3.4.3, RFC 9865 section 2.1): a query in a body becomes the
 * parameters that it would have been in a URL, so that lists have one reader for both.
 */
#ifndef SCIM_SEARCH_H
#define SCIM_SEARCH_H

#include <json-c/json.h>

#include "base/ctx.h"

/* One parameter of a query, decoded. */
struct parameter {
	const char *name;
	const char *value; /* NULL: not decodable */
};

/*
 * Read a SearchRequest. Member names in any case; null is absent, and so is a list of names that
 * is empty. An empty filter, sortBy, sortOrder or cursor stays, as in a URL.
 *
 *   parameters  set on success, in the arena: each name once, in the RFC's spelling. Lists of
 *               names are joined by commas, integers are decimal text; no value is NULL
 *
 * A list may be one string, "a,b" (QUIRK_SINGLE_VALUE); an integer may be a string, "10"
 * (QUIRK_STRING_NUMBER); unknown members are ignored (QUIRK_UNKNOWN_ATTRIBUTE).
 *
 * Fails: SCIM_INVALID_SYNTAX  as message_check
 *        SCIM_INVALID_FILTER  filter is not a string
 *        SCIM_INVALID_CURSOR  cursor is not a string
 *        SCIM_INVALID_VALUE   another member is not of its type; an unknown one in strict mode
 */
enum scim_err search_parse(
	struct ctx *cx, struct json_object *body, const struct parameter **parameters, int *count);

#endif
