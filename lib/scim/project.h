/* SPDX-License-Identifier: MIT */
/*
 * What of a resource is answered: attributes and excludedAttributes (RFC 7644 section 3.9), and the
 * text of one resource. Without a projection the stored text is spliced and no tree is built.
 */
#ifndef SCIM_PROJECT_H
#define SCIM_PROJECT_H

#include "base/buf.h"
#include "base/ctx.h"
#include "scim/path.h"

struct projection {
	bool only; /* paths are the ones wanted; else the ones left out */
	const struct path *paths; /* in the arena */
	size_t count; /* 0 and !only: everything */
};

/*
 * Read the two parameters: comma-separated names, either may be NULL. Names that rt does not have
 * are ignored (attributes=nosuch still answers the minimum set).
 *
 * Fails: SCIM_INVALID_VALUE  both are given
 */
enum scim_err projection_parse(struct ctx *cx, const struct resource_type *rt,
	const char *attributes, const char *excluded, struct projection *projection);

/* Let a projection that names nothing yet name the attributes of a comma-separated list. */
void projection_list(struct ctx *cx, const struct resource_type *rt, path_resolver *resolve,
	const char *list, struct projection *projection);

/* Are the groups of a user or the members of a group answered at all? They cost a query. */
bool projection_wants_memberships(
	const struct projection *projection, const struct resource_type *rt);

/*
 * Is anything of an attribute answered, or of its sub-attribute?
 *   extension  whose attribute it is; NULL: of the core, or a common one
 *   sub        NULL: the attribute itself
 */
bool projection_wants(const struct projection *projection, const struct schema *extension,
	const struct attr *attr, const struct attr *sub);

/* Are all attributes that are stored answered, so that their text can go out as it is? */
bool projection_is_whole(const struct projection *projection, const struct resource_type *rt);

/* A resource as the store gives it. */
struct stored {
	const char *id; /* as SCIM 2.0 spells it, "scim_user_..." */
	const char *doc; /* the stored document, JSON text */
	size_t doc_len;
	const char *memberships; /* its groups or members: lines of membership.h; NULL: none */
	size_t memberships_len;
	int64_t version;
	int64_t created; /* microseconds since 1970 */
	int64_t modified;
};

/* Who answers. */
struct origin {
	const char *
		base; /* base URL without a trailing slash; meta.location is base + endpoint + / + id */
	struct uuid account; /* the organization; of no matter to SCIM 2.0, as is: */
	struct uuid directory;
};

/* Append the JSON text of one resource with id and meta. */
void resource_print(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct origin *origin,
	const struct stored *stored);

/*
 * Append what of a resource an application reads: the object of its stored attributes, without schemas and
 * what no answer shows unasked.
 */
void attributes_print(struct buf *buf, const struct resource_type *rt, const struct stored *stored);

/* Append the object of those stored attributes that are wanted, by their names in SCIM 2.0, without schemas. */
void attributes_print_wanted(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct stored *stored);

/* W/"<version>" in the arena. */
const char *etag_print(struct arena *arena, int64_t version);

/*
 * Does a list of entity tags (If-Match, If-None-Match; RFC 9110 section 8.8.3) hold this version?
 * Weak comparison; "*" holds every version. A malformed list holds none.
 */
bool etag_matches(const char *list, int64_t version);

#endif
