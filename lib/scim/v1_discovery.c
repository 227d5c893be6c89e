/* SPDX-License-Identifier: MIT */
/* The discovery documents of SCIM 1.1. */
#include "scim/v1.h"

void v1_config(struct buf *buf, struct ctx *cx, const struct origin *origin)
{
	(void)cx;
	(void)origin;
	buf_puts(buf, "{}");
}

void v1_schemas(
	struct buf *buf, const struct resource_type *const *types, const char *const *endpoints)
{
	(void)types;
	(void)endpoints;
	buf_puts(buf, "{}");
}

bool v1_schema(struct buf *buf, const struct resource_type *const *types,
	const char *const *endpoints, const char *id)
{
	(void)types;
	(void)endpoints;
	(void)id;
	buf_puts(buf, "{}");
	return true;
}
