/* SPDX-License-Identifier: MIT */
/*
 * Attribute paths: attr, attr.sub, urn:...:attr.sub, attr[filter], attr[filter].sub, and the URN of
 * an extension alone (RFC 7644 sections 3.5.2 and 3.10). Names are resolved against a resource
 * type at once: behind this module nobody compares names of attributes.
 */
#ifndef SCIM_PATH_H
#define SCIM_PATH_H

#include "base/ctx.h"
#include "scim/schema.h"

struct filter;

struct path {
	const struct schema *extension; /* NULL: core or common attribute */
	const struct attr *attr; /* NULL: the whole extension */
	const struct attr *sub; /* NULL: the attribute itself */
	const struct filter *filter; /* of attr[filter]; NULL: none. Names are sub-attributes */
	bool reversed; /* in sortBy: what was named has the other order */
};

/*
 * Parse and resolve a PATCH path.
 *
 * Fails: SCIM_INVALID_PATH    not a path, more than two levels, no such attribute, or longer than
 *                             cx->limits->filter_bytes
 *        SCIM_INVALID_FILTER  the filter in it is wrong
 */
enum scim_err path_parse(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, struct path *path);

/*
 * Resolve a plain attribute reference (no filter in it), as in sortBy, attributes and filters.
 * An attribute of an extension is also found without its URN (QUIRK_UNQUALIFIED) when the core
 * has none of that name: see attr_find_unqualified. False when rt has no such attribute; nothing is recorded as a failure.
 */
bool path_resolve(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path);

/* A function like path_resolve: a version of SCIM may have names of its own. */
typedef bool path_resolver(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, struct path *path);

#endif
