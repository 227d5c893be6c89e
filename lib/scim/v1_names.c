/* SPDX-License-Identifier: MIT */
/* Names of SCIM 1.1 in queries, and what they mean in SCIM 2.0. */
#include "scim/v1.h"

#include "base/text.h"
#include "scim/filter.h"

bool v1_resolve(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path)
{
	return path_resolve(cx, rt, text, len, path);
}

bool v1_path(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path)
{
	return path_resolve(cx, rt, text, len, path);
}

enum scim_err v1_filter(struct ctx *cx, const struct resource_type *rt, const struct origin *origin,
	const char *text, const struct filter **tree)
{
	(void)origin;
	return filter_parse(cx, rt, text, strlen(text), tree);
}

enum scim_err v1_projection(struct ctx *cx, const struct resource_type *rt, const char *attributes,
	const char *excluded, struct projection *projection)
{
	(void)excluded;
	return projection_parse(cx, rt, attributes, NULL, projection);
}
