/* SPDX-License-Identifier: MIT */
/* PATCH (RFC 7644 section 3.5.2): operations in order, all or none. */
#ifndef SCIM_PATCH_H
#define SCIM_PATCH_H

#include <json-c/json.h>

#include "base/ctx.h"
#include "scim/path.h"

enum patch_op {
	PATCH_ADD,
	PATCH_REPLACE,
	PATCH_REMOVE,
	PATCH__MAX
};

struct patch_operation {
	enum patch_op op;
	bool has_path;
	struct path path; /* when has_path */
	bool has_value;
	struct json_object *value; /* borrowed from the request's tree; NULL for JSON null */
};

struct patch {
	struct patch_operation *ops; /* in the arena */
	size_t count;
};

/*
 * Read a PatchOp message: member names and op in any case, schemas optional (QUIRK_NO_SCHEMAS).
 *
 * Fails: SCIM_INVALID_SYNTAX  not a PatchOp, no Operations, unknown op, add or replace without value
 *        SCIM_INVALID_VALUE   add or replace without path, and a value that is no object
 *        SCIM_NO_TARGET       remove without path
 *        SCIM_INVALID_PATH, SCIM_INVALID_FILTER  from path_parse
 *        SCIM_TOO_LARGE       more than cx->limits->patch_operations
 */
enum scim_err patch_parse(struct ctx *cx, const struct resource_type *rt, struct json_object *body,
	struct patch *patch);

/*
 * Apply the operations to a canonical resource, in order, then settle it. A value that is made
 * because emails[type eq "Other"].value matches none (QUIRK_CREATE_TARGET) gets its type in lower
 * case, as filters compare it.
 *
 *   resource  changed in place; on failure its content is undefined and must not be stored
 *
 * Fails: SCIM_MUTABILITY     readOnly attribute; removing a required one
 *        SCIM_NO_TARGET      a value path of replace that matches nothing
 *        SCIM_INVALID_VALUE  as resource_from_body
 *        SCIM_INVALID_PATH   a path that its operation cannot use
 */
enum scim_err patch_apply(struct ctx *cx, const struct resource_type *rt, const struct patch *patch,
	struct json_object *resource);

/* The same for one operation, without settling: resource_settle must follow. */
enum scim_err patch_one(struct ctx *cx, const struct resource_type *rt,
	const struct patch_operation *op, struct json_object *resource);

#endif
