/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a custom schema. What is taken prints as a text that is taken again and prints the
 * same; as a set of one it can be stored and read, and every attribute has its path.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"
#include "scim/path.h"
#include "scim/schema_json.h"
#include "scim/schema_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = {
	.json_depth = 32,
	.json_nodes = 100000,
	.filter_bytes = 8192,
	.filter_depth = 32,
	.filter_terms = 50,
};

static const struct schema *parse(struct ctx *cx, const char *text, size_t len)
{
	struct json_object *tree = NULL;
	const struct schema *schema = NULL;
	enum scim_err e = json_parse(cx, text, len, &tree);
	if (e)
		return NULL;
	e = schema_parse(cx, tree, &schema);
	assert(cx->err == e && !e == !!schema);
	assert(!e || e == SCIM_INVALID_VALUE || e == SCIM_INVALID_SYNTAX);
	assert(!e || (cx->detail && utf8_valid(cx->detail, strlen(cx->detail))));
	return schema;
}

static void check_path(struct ctx *cx, const struct resource_type *rt, const char *name,
	const struct schema *schema, const struct attr *attr)
{
	struct path path;
	const char *text = arena_printf(cx->arena, "%s:%s", schema->urn, name);
	assert(path_parse(cx, rt, text, strlen(text), &path) == SCIM_OK);
	assert((path.sub ? path.sub : path.attr) == attr);
}

static void check_paths(struct ctx *cx, const struct resource_type *rt)
{
	size_t last = 0;
	while (rt->extensions[last + 1])
		last++;
	const struct schema *schema = rt->extensions[last];
	for (const struct attr *attr = schema->attrs; attr->name; attr++) {
		check_path(cx, rt, attr->name, schema, attr);
		for (const struct attr *sub = attr->subs; sub && sub->name; sub++)
			check_path(cx, rt, arena_printf(cx->arena, "%s.%s", attr->name, sub->name),
				schema, sub);
	}
}

static void check(struct ctx *cx, const struct schema *schema)
{
	struct custom custom = { .type = KIND_USER, .schema = schema };
	struct schema_set set = { .count = 0 };
	const struct resource_type *types[KIND__MAX];
	struct buf text;
	struct buf again;
	buf_init(&text, cx->arena, 0);
	buf_init(&again, cx->arena, 0);
	schema_print(&text, schema);
	const struct schema *same = parse(cx, text.data, text.len);
	assert(same && text.len <= SCHEMA_TEXT_BYTES);
	schema_print(&again, same);
	assert(strcmp(text.data, again.data) == 0);
	if (schema_set_put(cx, &set, NULL, &custom)) {
		assert(cx->err == SCIM_INVALID_VALUE);
		return;
	}
	const char *stored = schema_set_text(cx->arena, &set);
	assert(types_parse(cx, stored, strlen(stored), types) == SCIM_OK);
	check_paths(cx, types[KIND_USER]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct ctx cx = { .arena = arena, .limits = &limits };
	const struct schema *schema = parse(&cx, (const char *)data, size);
	if (schema)
		check(&cx, schema);
	arena_free(arena);
	return 0;
}
