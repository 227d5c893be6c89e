/* SPDX-License-Identifier: MIT */
/* Between v1_patch.c and v1_read.c, which find what a body of SCIM 1.1 names, and v1_values.c. */
#ifndef SCIM_V1_PATCH_H
#define SCIM_V1_PATCH_H

#include <json-c/json.h>

#include "base/ctx.h"
#include "scim/schema.h"

/*
 * Merge values into those of a multi-valued attribute, one after the other. Where values have a "value", it
 * says which are the same; where it is there more than once, "type" says it too. Other values are the
 * same when equal.
 *
 *   in       the values that the body has; changed. null and [] change nothing
 *   emptied  meta.attributes names the attribute: nothing is deleted any more
 *   object   what has the attribute: a resource, or an extension of it; changed
 *
 * Fails: as value_canonical
 *        SCIM_INVALID_VALUE  an operation other than delete
 *        SCIM_TOO_MANY       more to compare than a request may
 */
enum scim_err v1_merge_values(struct ctx *cx, const struct attr *attr, struct json_object *in,
	bool emptied, struct json_object *object);

/*
 * Take "operation" out of a value that a client sent. *goes: it says "delete".
 *
 * Fails: SCIM_INVALID_VALUE  it says something else
 */
enum scim_err v1_take_operation(struct ctx *cx, struct json_object *in, bool *goes);

#endif
