/* SPDX-License-Identifier: MIT */
/*
 * What events tell of a resource: all of it, or what has become different. Nothing that is never returned
 * (RFC 7643 section 2.2): neither passwords, which are not stored, nor what a custom schema keeps so.
 */
#ifndef SCIM_DIFF_H
#define SCIM_DIFF_H

#include <json-c/json.h>

#include "base/arena.h"
#include "scim/schema.h"

/*
 * {"attributes":{...}}: the resource in canonical form, without what is never returned, in the arena.
 * NULL: there is no such attribute, the stored document can be told as it is.
 */
const char *resource_told(
	struct arena *arena, const struct resource_type *rt, struct json_object *resource);

/*
 * {"changes":{"title":{"before":"a","after":"b"},"urn:...:User:department":{"after":"c"}}}: the attributes of
 * the core and of extensions that differ, with what they were and are; a side without a value is left out.
 * "schemas", which follows from the others, is not among them. In the arena.
 */
const char *resource_changes(struct arena *arena, const struct resource_type *rt,
	struct json_object *before, struct json_object *after);

#endif
