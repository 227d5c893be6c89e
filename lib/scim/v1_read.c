/* SPDX-License-Identifier: MIT */
/* Bodies of SCIM 1.1, by the names of SCIM 2.0. */
#include "scim/resource.h"
#include "scim/v1.h"

enum scim_err v1_rename(struct ctx *cx, const struct resource_type *rt, struct json_object *body,
	const char **state)
{
	(void)cx;
	(void)rt;
	(void)body;
	*state = NULL;
	return SCIM_OK;
}

enum scim_err v1_read(struct ctx *cx, const struct resource_type *rt, struct wish *wish)
{
	return resource_from_body(cx, rt, wish->body->tree, &wish->resource);
}
