/* SPDX-License-Identifier: MIT */
/* Between patch_apply.c, which finds what an operation addresses, and patch_values.c. */
#ifndef SCIM_PATCH_APPLY_H
#define SCIM_PATCH_APPLY_H

#include "scim/patch.h"

/* How an attribute was named: by "path", or by a member of a value. */
enum patch_source {
	BY_PATH,
	BY_VALUE,
	BY__MAX
};

/* One operation at work. */
struct edit {
	struct ctx *cx;
	const struct resource_type *rt;
	struct json_object *resource;
	enum patch_op op;
	enum patch_source source;
};

/* Apply the operation to a single-valued attribute, or a sub-attribute, of object. */
enum scim_err edit_member(const struct edit *edit, const struct attr *attr, struct json_object *in,
	struct json_object *object);

/* The same for each member of in, an object of sub-attributes of attr. */
enum scim_err edit_members(const struct edit *edit, const struct attr *attr, struct json_object *in,
	struct json_object *object);

/* Apply the operation to a multi-valued attribute of object, or to what op's path selects of it. */
enum scim_err edit_values(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object);

#endif
