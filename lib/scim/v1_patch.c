/* SPDX-License-Identifier: MIT */
/* PATCH of SCIM 1.1: draft-scim-api-01 section 3.3.2. */
#include "scim/resource.h"
#include "scim/v1.h"

enum scim_err v1_patch(struct ctx *cx, const struct resource_type *rt, struct wish *wish)
{
	return resource_settle(cx, rt, wish->resource);
}
