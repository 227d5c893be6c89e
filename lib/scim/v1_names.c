/* SPDX-License-Identifier: MIT */
/* Names of SCIM 1.1 in queries, and what they mean in SCIM 2.0. */
#include "base/text.h"
#include "scim/v1.h"

/* Those of rt with the enterprise extension of 1.1 for that of 2.0, and with PingOne's. */
static const struct schema **extensions_of(struct ctx *cx, const struct resource_type *rt)
{
	const struct schema **extensions;
	size_t count = 0;
	while (rt->extensions[count])
		count++;
	extensions = arena_alloc(cx->arena, (count + 2) * sizeof(struct schema *));
	for (size_t i = 0; i < count; i++)
		extensions[i] = v1_schema_out(rt->extensions[i]);
	/* the last, so that no name without URN means it which means something else in 2.0 */
	extensions[count] = &v1_pingone;
	extensions[count + 1] = NULL;
	return extensions;
}

bool v1_resolve(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path)
{
	struct schema core = *rt->core;
	struct resource_type type = *rt;
	core.urn = URN_V1_CORE;
	type.core = &core;
	type.extensions = extensions_of(cx, rt);
	/* the names of 2.0 are no mistake of a client that speaks both */
	return path_resolve(cx, &type, text, len, path) || path_resolve(cx, rt, text, len, path);
}

static const struct attr *named(const struct attr *attrs, const char *name)
{
	return attr_find(attrs, name, strlen(name));
}

bool v1_reference(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path)
{
	if (!v1_resolve(cx, rt, text, len, path))
		return false;
	const struct schema *extension = v1_schema_in(path->extension);
	if (extension == path->extension)
		return true;
	path->extension = extension;
	if (!path->attr)
		return true;
	path->attr = named(extension->attrs, path->attr->name);
	if (path->sub)
		path->sub = named(path->attr->subs,
			text_ieq(path->sub->name, V1_MANAGER_ID) ? "value" : path->sub->name);
	return true;
}

bool v1_meaning(const struct resource_type *rt, struct path *path)
{
	static const struct {
		enum attr_place place;
		const char *attr;
		const char *sub;
	} meanings[] = {
		{ AS_CREATED, "meta", "created" },
		{ AS_MODIFIED, "meta", "lastModified" },
		{ AS_ACTIVE, "active", NULL },
	};
	struct path found = { 0 };
	for (size_t i = 0; path->attr && i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (path->attr->place != meanings[i].place)
			continue;
		found.attr =
			named(meanings[i].sub ? common_attrs : rt->core->attrs, meanings[i].attr);
		if (meanings[i].sub)
			found.sub = named(found.attr->subs, meanings[i].sub);
	}
	/* ACTIVE comes before DISABLED, false before true */
	found.reversed = found.attr && path->attr->place == AS_ACTIVE;
	if (found.attr)
		*path = found;
	return found.attr;
}

bool v1_path(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path)
{
	struct path found;
	if (!v1_reference(cx, rt, text, len, &found))
		return false;
	if (found.extension == &v1_pingone && !v1_meaning(rt, &found))
		return false;
	*path = found;
	return true;
}

enum scim_err v1_projection(struct ctx *cx, const struct resource_type *rt, const char *attributes,
	const char *excluded, struct projection *projection)
{
	(void)excluded;
	*projection = (struct projection){ .only = attributes != NULL };
	if (attributes)
		projection_list(cx, rt, v1_reference, attributes, projection);
	return SCIM_OK;
}
