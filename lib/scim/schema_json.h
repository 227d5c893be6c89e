/* SPDX-License-Identifier: MIT */
/*
 * Schemas as JSON (RFC 7643 section 7): what the vendor sends for one of his directories becomes
 * rows like those of schema_user.c. The way back is schema_print (message.h).
 *
 * All that is read is borrowed from the JSON tree, which has to live as long as the arena.
 */
#ifndef SCIM_SCHEMA_JSON_H
#define SCIM_SCHEMA_JSON_H

#include <json-c/json.h>

#include "base/ctx.h"
#include "scim/schema.h"

enum {
	SCHEMA_ATTRS_MAX = 100, /* attributes of one schema */
	SCHEMA_SUBS_MAX = 50, /* sub-attributes of one attribute */
	SCHEMA_NAME_BYTES = 64, /* name of an attribute */
	SCHEMA_URN_BYTES = 255,
	SCHEMA_TEXT_BYTES = 32 * 1024 /* as schema_print writes it */
};

/*
 * Make a schema out of what the vendor sent:
 *
 *   {"id":URN,"name":...,"description":...,"attributes":[{"name":...,"type":...,"multiValued":...,
 *    "description":...,"required":...,"canonicalValues":[...],"caseExact":...,"mutability":...,
 *    "returned":...,"uniqueness":...,"referenceTypes":[...],"subAttributes":[...]}]}
 *
 * Names of members in any case; others are ignored. null, "" and [] are absent. What is absent has
 * the default of section 2.2, a name of the schema is its id. Values of reference and binary
 * attributes are caseExact whatever is said (sections 2.3.6 and 2.3.7).
 *
 * What the server cannot keep is refused: a uniqueness, a required value that nobody can set or
 * that is not stored (readOnly, writeOnly: those are checked and dropped, see value_canonical).
 * Filters compare one value with one: a sub-attribute is neither complex (section 2.3.8) nor
 * multi-valued. An attribute may be called like one of the core, even "id" or "schemas": it stands
 * in an object of its own, and a bare name means the core's.
 *
 * Fails: SCIM_INVALID_SYNTAX  an object or array is something else
 *        SCIM_INVALID_VALUE   anything else; the text names the attribute
 */
enum scim_err schema_parse(struct ctx *cx, struct json_object *body, const struct schema **schema);

/* As schema_parse, for what schema_print has written: nothing but its shape is checked. */
enum scim_err schema_read_stored(
	struct ctx *cx, struct json_object *stored, const struct schema **schema);

/* The rules of schema_parse on rows. Fails: SCIM_INVALID_VALUE. */
enum scim_err schema_validate(struct ctx *cx, const struct schema *schema);

/* Can anybody give the attribute a value that is kept? */
bool attr_is_kept(const struct attr *attr);

/*
 * May after take the place of before while resources have values of it? Every attribute is still
 * there under the same name with the same characteristics, but those that are only told (texts,
 * canonicalValues, referenceTypes); none is required that was not. *why names what is different.
 */
bool schema_is_compatible(struct arena *arena, const struct schema *before,
	const struct schema *after, const char **why);

#endif
