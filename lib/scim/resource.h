/* SPDX-License-Identifier: MIT */
/*
 * Resources in canonical form: names in their schema spelling, values of their schema type, no
 * null, nothing empty, unknown and read-only attributes gone, at most one primary value, "schemas"
 * computed from what is there. Behind these functions plain case-sensitive look-ups are enough.
 *
 * The stored document is the canonical resource without id, meta, groups, members and password:
 *   {"schemas":[...],"userName":"x",...,"urn:...:User":{...}}
 */
#ifndef SCIM_RESOURCE_H
#define SCIM_RESOURCE_H

#include <json-c/json.h>

#include "base/ctx.h"
#include "scim/schema.h"

/*
 * Make a new canonical resource out of what a client sent in POST or PUT.
 *
 *   body      from json_parse_object; not changed
 *   resource  set on success; a root owned by the arena. "active" is present (default true) when
 *             rt has it
 *
 * Accept, ignore or reject by mutability: readOnly is ignored (7644 3.3, 3.5.1), writeOnly is
 * checked and dropped, unknown names are ignored (QUIRK_UNKNOWN_ATTRIBUTE; strict: invalidValue).
 * A null, "" of a non-required attribute, [] or {} is the same as absent (7643 2.5).
 *
 * Fails: SCIM_INVALID_SYNTAX  schemas is missing (strict), not an array of strings, or names no
 *                             schema of rt (strict)
 *        SCIM_INVALID_VALUE   a required attribute is missing or empty, a sub-attribute of a
 *                             value, or an extension; a value of the wrong type; a string over its
 *                             limit; too many values
 */
enum scim_err resource_from_body(struct ctx *cx, const struct resource_type *rt,
	struct json_object *body, struct json_object **resource);

/*
 * Canonicalise one attribute's value and put it into an object under the attribute's name, in the
 * place of what was there. What hangs in a tree is freed with it, so a failure leaks nothing.
 *
 *   in    what a client sent; may be NULL. Nothing is put when it is unassigned
 *   into  the resource, an extension, a complex value, or an object made for the purpose; on
 *         failure its content is undefined
 *
 * Multi-valued attributes give an array (a single object or scalar is wrapped, QUIRK_SINGLE_VALUE).
 * readOnly attributes are ignored; writeOnly ones are checked and dropped.
 * Fails: SCIM_INVALID_VALUE as above.
 */
enum scim_err value_canonical(
	struct ctx *cx, const struct attr *attr, struct json_object *in, struct json_object *into);

/* The same for one element of a multi-valued attribute, appended to an array. */
enum scim_err element_canonical(
	struct ctx *cx, const struct attr *attr, struct json_object *in, struct json_object *into);

/* A null, "", [] or {}, which is the same as absent (RFC 7643 section 2.5). */
bool value_unassigned(struct json_object *in);

/*
 * A single value of attr out of an array of one (QUIRK_SINGLE_VALUE, for complex attributes
 * QUIRK_MANAGER); anything else, and everything in strict mode, comes back as it is.
 */
struct json_object *value_unwrap(struct ctx *cx, const struct attr *attr, struct json_object *in);

/*
 * A member that no schema has is ignored (QUIRK_UNKNOWN_ATTRIBUTE, unless it is null).
 * Fails: SCIM_INVALID_VALUE  in strict mode
 */
enum scim_err value_unknown(struct ctx *cx, const char *name, struct json_object *in);

/* Drop empty and repeated values, then leave at most one primary, the last. */
void values_settle(struct arena *arena, struct json_object *values);

/*
 * After a change by PATCH: drop what became empty, keep at most one primary value of each attribute
 * (the one that was set last wins: see resource_set_primary), recompute schemas, give "active" its
 * default of true, and check that what is required is there.
 *
 * Fails: SCIM_INVALID_VALUE  a required attribute, sub-attribute of a value, or extension is
 *                            missing
 */
enum scim_err resource_settle(
	struct ctx *cx, const struct resource_type *rt, struct json_object *resource);

/*
 * Hold what a PUT puts against what was there (RFC 7644 section 3.5.1): an immutable attribute of
 * the core or an extension keeps its value when the new resource has none. An extension that the
 * PUT does not have at all, and that comes back so, keeps what is required of it as well.
 *
 *   before  the stored resource
 *   after   from resource_from_body; changed in place
 *
 * Fails: SCIM_MUTABILITY     an immutable attribute has another value
 *        SCIM_INVALID_VALUE  as resource_settle
 */
enum scim_err resource_keep_immutable(struct ctx *cx, const struct resource_type *rt,
	struct json_object *before, struct json_object *after);

/* The first immutable attribute of which an object has a value, or NULL. */
const struct attr *resource_immutable(const struct attr *attrs, struct json_object *object);

/* The common or core row of this name (case-insensitive), or NULL. */
const struct attr *resource_attr(const struct resource_type *rt, const char *name, size_t len);

/* Is this the row of "schemas", which is always computed? */
bool resource_is_schemas(const struct attr *attr);

/* The object of an extension in a resource; made when it is absent (resource_settle drops it). */
struct json_object *resource_extension(
	struct json_object *resource, const struct schema *extension);

/* Is this value of a multi-valued attribute its primary one? */
bool value_is_primary(struct json_object *value);

/* Are two complex values the same in every member but "primary"? */
bool value_same_but_primary(struct json_object *a, struct json_object *b);

/* Equal values (json_same) have equal hashes; not for keeping. */
uint64_t value_hash(struct json_object *value);

/* Make values[index] the only primary value of the array (RFC 7643 section 2.4). */
void resource_set_primary(struct json_object *values, size_t index);

/* The JSON text of a resource, as it is stored; *len in bytes. */
const char *resource_text(struct arena *arena, struct json_object *resource, size_t *len);

/*
 * The document of comparison, kept beside the stored one: the same tree, where each string of an
 * attribute that is not caseExact is folded, each dateTime is as time_print_us writes it, each
 * extension stands under its URN, and attributes with a column of their own are left out. JSON
 * text in the arena.
 */
const char *resource_keys(
	struct ctx *cx, const struct resource_type *rt, struct json_object *resource);

/*
 * The text by which one scalar is compared: folded unless attr is caseExact, a dateTime as
 * time_print_us writes it, numbers and booleans as JSON. In the arena, or borrowed from value.
 */
const char *value_key(
	struct arena *arena, const struct attr *attr, struct json_object *value, size_t *len);

/* One row of the look-up index: "emails.value" and the key of one value. */
struct index_row {
	const char *attribute;
	const char *key; /* index_key of the folded value */
};

/* By attribute, then by key: negative, 0, positive. */
int index_row_order(const struct index_row *a, const struct index_row *b);

/*
 * The rows of all attributes with place IN_INDEX, without duplicates, ordered by attribute and key.
 * *rows lives in the arena; *count is their number.
 */
void resource_index(struct ctx *cx, const struct resource_type *rt, struct json_object *resource,
	const struct index_row **rows, size_t *count);

/*
 * The key under which a compared value stands in the index: the value itself, or, over 512 bytes,
 * its first 448 bytes (cut between characters), then '#' and its SHA-256 in hex.
 */
const char *index_key(struct arena *arena, const char *value, size_t len);

/* "emails.value", "urn:...:User:employeeNumber": the index's name of a path, in the arena. */
const char *index_name(struct arena *arena, const struct schema *extension, const struct attr *attr,
	const struct attr *sub);

#endif
