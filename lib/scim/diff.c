/* SPDX-License-Identifier: MIT */
/* Resources as events tell them. Walks the schema tables, like all that prints resources. */
#include "scim/diff.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "scim/resource.h"

/* Each member goes behind a comma; the first one's becomes a brace. */
static void close_object(struct buf *buf, size_t at)
{
	if (buf->len == at)
		buf_putc(buf, '{');
	else
		buf->data[at] = '{';
	buf_putc(buf, '}');
}

static bool hides_sub(const struct attr *attr)
{
	const struct attr *sub;

	for (sub = attr->subs; sub && sub->name; sub++)
		if (sub->returned == R_NEVER)
			return true;
	return false;
}

static bool hides(const struct attr *attrs)
{
	const struct attr *attr;

	for (attr = attrs; attr->name; attr++)
		if (attr->place != AS_NOTHING && (attr->returned == R_NEVER || hides_sub(attr)))
			return true;
	return false;
}

static void put_subs(struct buf *buf, const struct attr *attr, struct json_object *object)
{
	size_t at = buf->len;
	const struct attr *sub;

	for (sub = attr->subs; sub->name; sub++) {
		struct json_object *value = json_get(object, sub->name);

		if (!value || sub->returned == R_NEVER)
			continue;
		buf_putc(buf, ',');
		buf_jsons(buf, sub->name);
		buf_putc(buf, ':');
		json_print(buf, value);
	}
	close_object(buf, at);
}

static void put_value(struct buf *buf, const struct attr *attr, struct json_object *value)
{
	size_t i;

	if (!hides_sub(attr)) {
		json_print(buf, value);
		return;
	}
	if (!attr->multi) {
		put_subs(buf, attr, value);
		return;
	}
	buf_putc(buf, '[');
	for (i = 0; i < json_object_array_length(value); i++) {
		if (i)
			buf_putc(buf, ',');
		put_subs(buf, attr, json_object_array_get_idx(value, i));
	}
	buf_putc(buf, ']');
}

static void put_attrs(struct buf *buf, const struct attr *attrs, struct json_object *object)
{
	const struct attr *attr;

	for (attr = attrs; attr->name; attr++) {
		struct json_object *value = json_get(object, attr->name);

		if (!value || attr->returned == R_NEVER)
			continue;
		buf_putc(buf, ',');
		buf_jsons(buf, attr->name);
		buf_putc(buf, ':');
		put_value(buf, attr, value);
	}
}

static void put_extension(
	struct buf *buf, const struct schema *extension, struct json_object *object)
{
	size_t at;

	if (!object)
		return;
	buf_putc(buf, ',');
	buf_jsons(buf, extension->urn);
	buf_putc(buf, ':');
	at = buf->len;
	put_attrs(buf, extension->attrs, object);
	close_object(buf, at);
}

const char *resource_told(
	struct arena *arena, const struct resource_type *rt, struct json_object *resource)
{
	bool hidden = hides(rt->core->attrs);
	struct buf buf;
	size_t i, at;

	for (i = 0; rt->extensions[i]; i++)
		hidden = hidden || hides(rt->extensions[i]->attrs);
	if (!hidden)
		return NULL;
	buf_init(&buf, arena, 0);
	buf_puts(&buf, "{\"attributes\":");
	at = buf.len;
	put_attrs(&buf, common_attrs, resource);
	put_attrs(&buf, rt->core->attrs, resource);
	for (i = 0; rt->extensions[i]; i++)
		put_extension(&buf, rt->extensions[i], json_get(resource, rt->extensions[i]->urn));
	close_object(&buf, at);
	buf_putc(&buf, '}');
	return buf.data;
}

static void put_side(
	struct buf *buf, const char *name, const struct attr *attr, struct json_object *value)
{
	if (!value)
		return;
	buf_printf(buf, ",\"%s\":", name);
	put_value(buf, attr, value);
}

/* urn is NULL for those of the core. */
static void put_changes(struct buf *buf, const char *urn, const struct attr *attrs,
	struct json_object *before, struct json_object *after)
{
	const struct attr *attr;
	size_t at;

	for (attr = attrs; attr->name; attr++) {
		struct json_object *a = json_get(before, attr->name);
		struct json_object *b = json_get(after, attr->name);

		if (attr->returned == R_NEVER || (!urn && resource_is_schemas(attr)) ||
			(!a && !b) || (a && b && json_same(a, b)))
			continue;
		buf_putc(buf, ',');
		buf_jsons(
			buf, urn ? arena_printf(buf->arena, "%s:%s", urn, attr->name) : attr->name);
		buf_putc(buf, ':');
		at = buf->len;
		put_side(buf, "before", attr, a);
		put_side(buf, "after", attr, b);
		close_object(buf, at);
	}
}

const char *resource_changes(struct arena *arena, const struct resource_type *rt,
	struct json_object *before, struct json_object *after)
{
	struct buf buf;
	size_t i, at;

	buf_init(&buf, arena, 0);
	buf_puts(&buf, "{\"changes\":");
	at = buf.len;
	put_changes(&buf, NULL, common_attrs, before, after);
	put_changes(&buf, NULL, rt->core->attrs, before, after);
	for (i = 0; rt->extensions[i]; i++) {
		const struct schema *extension = rt->extensions[i];

		put_changes(&buf, extension->urn, extension->attrs,
			json_get(before, extension->urn), json_get(after, extension->urn));
	}
	close_object(&buf, at);
	buf_putc(&buf, '}');
	return buf.data;
}
