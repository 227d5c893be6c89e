/* SPDX-License-Identifier: MIT */
/* The custom schemas of a directory as one text, and the resource types they make. */
#include "scim/schema_set.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"
#include "scim/schema_json.h"

bool kind_of(const char *name, enum resource_kind *type)
{
	for (int i = 0; i < KIND__MAX; i++) {
		if (strcmp(resource_types[i]->name, name) != 0)
			continue;
		*type = (enum resource_kind)i;
		return true;
	}
	return false;
}

static enum scim_err read_custom(struct ctx *cx, struct json_object *in, struct custom *custom)
{
	const char *type = json_get_string(in, "resourceType");
	if (!type || !kind_of(type, &custom->type))
		return SCIM_INTERNAL;
	custom->required = json_object_get_boolean(json_get(in, "required"));
	return schema_read_stored(cx, json_get(in, "schema"), &custom->schema);
}

enum scim_err schema_set_read(struct ctx *cx, const char *text, size_t len, struct schema_set *set)
{
	struct ctx probe = *cx; /* what is wrong with it is no business of the caller's */
	*set = (struct schema_set){ 0 };
	if (!text)
		return SCIM_OK;
	struct json_object *array = json_parse_stored(cx->arena, text, len);
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array)
							       : SCHEMAS_MAX + 1;
	bool right = n <= SCHEMAS_MAX;
	for (size_t i = 0; right && i < n; i++)
		right = read_custom(&probe, json_object_array_get_idx(array, i), &set->items[i]) ==
			SCIM_OK;
	if (!right)
		return ctx_fail(cx, SCIM_INTERNAL, "the stored schemas cannot be read: %s",
			probe.detail ? probe.detail : "not our form");
	set->count = n;
	return SCIM_OK;
}

void custom_print(struct buf *buf, const struct custom *custom)
{
	buf_printf(buf, "{\"resourceType\":\"%s\",\"required\":%s,\"schema\":",
		resource_types[custom->type]->name, custom->required ? "true" : "false");
	schema_print(buf, custom->schema);
	buf_putc(buf, '}');
}

const char *schema_set_text(struct arena *arena, const struct schema_set *set)
{
	struct buf buf;
	if (set->count == 0)
		return NULL;
	buf_init(&buf, arena, 1024);
	for (size_t i = 0; i < set->count; i++) {
		buf_putc(&buf, i ? ',' : '[');
		custom_print(&buf, &set->items[i]);
	}
	buf_putc(&buf, ']');
	return buf.data;
}

struct custom *schema_set_find(struct schema_set *set, const char *urn)
{
	for (size_t i = 0; i < set->count; i++)
		if (text_ieq(set->items[i].schema->urn, urn))
			return &set->items[i];
	return NULL;
}

/* Is the URN of b that of a with ":attribute" or ":attribute.sub" behind it? */
static bool reads_as_attribute(const struct schema *a, const struct schema *b)
{
	size_t len = strlen(a->urn);
	if (!text_istarts(b->urn, strlen(b->urn), a->urn) || b->urn[len] != ':')
		return false;
	const char *name = b->urn + len + 1;
	size_t name_len = strcspn(name, ".");
	const struct attr *attr = attr_find(a->attrs, name, name_len);
	if (!attr || !name[name_len])
		return attr;
	return attr_find(attr->subs, name + name_len + 1, strlen(name + name_len + 1));
}

static enum scim_err check_pair(struct ctx *cx, const struct schema *a, const struct schema *b)
{
	if (reads_as_attribute(a, b))
		return ctx_fail(cx, SCIM_INVALID_VALUE, "%s is an attribute of %s", b->urn, a->urn);
	if (reads_as_attribute(b, a))
		return ctx_fail(cx, SCIM_INVALID_VALUE, "%s is an attribute of %s", a->urn, b->urn);
	return SCIM_OK;
}

static enum scim_err check_names(struct ctx *cx, const struct schema_set *set,
	const struct custom *at, const struct schema *schema)
{
	enum scim_err e = SCIM_OK;
	for (int t = 0; t < KIND__MAX; t++)
		for (size_t i = 0; resource_types[t]->extensions[i]; i++)
			if ((e = check_pair(cx, resource_types[t]->extensions[i], schema)))
				return e;
	for (size_t i = 0; i < set->count; i++)
		if (&set->items[i] != at && (e = check_pair(cx, set->items[i].schema, schema)))
			return e;
	return SCIM_OK;
}

static bool is_kept(const struct schema *schema)
{
	for (const struct attr *attr = schema->attrs; attr->name; attr++)
		if (attr_is_kept(attr))
			return true;
	return false;
}

enum scim_err schema_set_put(
	struct ctx *cx, struct schema_set *set, struct custom *at, const struct custom *custom)
{
	const struct custom *same = schema_set_find(set, custom->schema->urn);
	enum scim_err e = SCIM_OK;
	if (same && same != at)
		return ctx_fail(
			cx, SCIM_UNIQUENESS, "schema '%s' is there already", same->schema->urn);
	if (!at && set->count == SCHEMAS_MAX)
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "a directory has at most %d schemas", SCHEMAS_MAX);
	if (custom->required && !is_kept(custom->schema))
		return ctx_fail(cx, SCIM_INVALID_VALUE,
			"a schema without an attribute that is stored cannot be required");
	if ((e = check_names(cx, set, at, custom->schema)))
		return e;
	if (!at)
		at = &set->items[set->count++];
	*at = *custom;
	return SCIM_OK;
}

void schema_set_remove(struct schema_set *set, struct custom *at)
{
	const struct custom *end = set->items + set->count;
	for (; at + 1 < end; at++)
		*at = at[1];
	set->count--;
}

const struct resource_type *type_extend(
	struct arena *arena, enum resource_kind type, const struct schema_set *set)
{
	const struct resource_type *base = resource_types[type];
	size_t most = set->count + 1;
	size_t n = 0;
	size_t added = 0;
	for (; base->extensions[n]; n++)
		most++;
	const struct schema **extensions = arena_alloc(arena, most * sizeof(const struct schema *));
	bool *required = arena_alloc(arena, most * sizeof(*required));
	for (size_t i = 0; i < n; i++)
		extensions[i] = base->extensions[i];
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].type != type)
			continue;
		required[n + added] = set->items[i].required;
		extensions[n + added++] = set->items[i].schema;
	}
	if (added == 0)
		return base;
	struct resource_type *extended = arena_alloc(arena, sizeof(*extended));
	*extended = *base;
	extended->extensions = extensions;
	extended->required = required;
	return extended;
}

enum scim_err types_parse(
	struct ctx *cx, const char *text, size_t len, const struct resource_type *types[KIND__MAX])
{
	struct schema_set set;
	enum scim_err e = schema_set_read(cx, text, len, &set);
	if (e)
		return e;
	for (int i = 0; i < KIND__MAX; i++)
		types[i] = type_extend(cx->arena, (enum resource_kind)i, &set);
	return SCIM_OK;
}
