/* SPDX-License-Identifier: MIT */
/*
 * The custom schemas of one directory, and its resource types with them. They are kept as one text:
 *
 *   [{"resourceType":"User","required":false,"schema":{...}},...]
 *
 * in the order in which they were made. A schema belongs to one resource type, as an extension
 * (RFC 7643 section 3.3) behind those that every directory has.
 */
#ifndef SCIM_SCHEMA_SET_H
#define SCIM_SCHEMA_SET_H

#include "base/buf.h"
#include "base/ctx.h"
#include "scim/schema.h"

enum {
	SCHEMAS_MAX = 8 /* of one directory */
};

/* One custom schema, and whose extension it is. */
struct custom {
	enum resource_kind type;
	bool required; /* every resource of the type must have it */
	const struct schema *schema;
};

struct schema_set {
	struct custom items[SCHEMAS_MAX];
	size_t count;
};

/*
 * Read the stored text; NULL is the empty set. Everything lives in the arena.
 * Fails: SCIM_INTERNAL  it is not what schema_set_text writes
 */
enum scim_err schema_set_read(struct ctx *cx, const char *text, size_t len, struct schema_set *set);

/* The text to be stored, in the arena; NULL for the empty set. */
const char *schema_set_text(struct arena *arena, const struct schema_set *set);

/* Append {"resourceType":...,"required":...,"schema":{...}}. */
void custom_print(struct buf *buf, const struct custom *custom);

/* The item with this URN (case-insensitive), or NULL. */
struct custom *schema_set_find(struct schema_set *set, const char *urn);

/*
 * Put custom in the place of at, which is one of the items, or behind the last (NULL).
 *
 * Fails: SCIM_UNIQUENESS     another item has its URN
 *        SCIM_INVALID_VALUE  SCHEMAS_MAX are there; required, though it has nothing to be stored;
 *                            its URN reads as an attribute of another schema, or the other way
 *                            round ("urn:x:a:b" is an attribute of "urn:x:a" that has a "b")
 */
enum scim_err schema_set_put(
	struct ctx *cx, struct schema_set *set, struct custom *at, const struct custom *custom);

void schema_set_remove(struct schema_set *set, struct custom *at);

/* The type of this name ("User", "Group"; case-sensitive). False when there is none. */
bool kind_of(const char *name, enum resource_kind *type);

/* A built-in type with the schemas of the set that extend it; itself when none does. */
const struct resource_type *type_extend(
	struct arena *arena, enum resource_kind type, const struct schema_set *set);

/*
 * All types of a directory, out of the text that it stores (NULL: none). For each request of such
 * a directory: one pass over the text.
 * Fails: as schema_set_read
 */
enum scim_err types_parse(
	struct ctx *cx, const char *text, size_t len, const struct resource_type *types[KIND__MAX]);

#endif
