/* SPDX-License-Identifier: MIT */
/*
 * Any JSON as a Bulk request. What is read has an order in which everything comes behind what it
 * refers to; once the ids are put in, no reference is left in a value or in the filter of a path;
 * and the response is JSON.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/bulk.h"
#include "scim/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct resource_type *const types[] = { &user_type, &group_type, NULL };

static const struct limits limits = {
	.json_depth = 32,
	.json_nodes = 2000,
	.filter_bytes = 1024,
	.filter_depth = 16,
	.filter_terms = 20,
	.bulk_operations = 100,
};

static bool is_reference(const char *text)
{
	return strncmp(text, "bulkId:", 7) == 0 || strstr(text, "/bulkId:");
}

static void check_filter(const struct filter *tree)
{
	if (!tree)
		return;
	assert(tree->value.type != V_STRING || !is_reference(tree->value.text));
	check_filter(tree->left);
	check_filter(tree->right);
}

static void check_path(struct ctx *cx, const struct bulk_op *op, const char *text)
{
	struct ctx scratch = *cx;
	struct path path;
	if (!path_parse(&scratch, types[op->type], text, strlen(text), &path))
		check_filter(path.filter);
}

static void check_data(struct ctx *cx, const struct bulk_op *op, struct json_object *value)
{
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			check_data(cx, op, json_object_array_get_idx(value, i));
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member)
		{
			bool text = json_object_is_type(member, json_type_string);
			if (op->method != BULK_PATCH || !text_ieq(name, "path"))
				check_data(cx, op, member);
			else if (text)
				check_path(cx, op, json_object_get_string(member));
			else
				check_data(cx, op, member);
			if (op->method == BULK_PATCH)
				check_path(cx, op, name);
		}
	} else if (json_object_is_type(value, json_type_string)) {
		assert(!is_reference(json_object_get_string(value)));
	}
}

static void check_order(struct ctx *cx, const struct bulk *bulk)
{
	size_t *place = arena_alloc(cx->arena, bulk->count * sizeof(*place));
	size_t component = 0;
	for (size_t i = 0; i < bulk->count; i++) {
		const struct bulk_op *op = &bulk->ops[bulk->order[i]];
		assert(!place[bulk->order[i]]);
		place[bulk->order[i]] = i + 1;
		assert(op->component == component || (i > 0 && op->component == component + 1));
		component = op->component;
	}
	assert(bulk->components == component + 1);
	for (size_t i = 0; i < bulk->count; i++) {
		const struct bulk_op *op = &bulk->ops[i];
		for (size_t r = 0; r < op->ref_count; r++) {
			size_t to = op->refs[r];
			assert(to != i && bulk->ops[to].method == BULK_POST);
			assert(r == 0 || op->refs[r - 1] < to);
			assert(place[to] < place[i] || bulk->ops[to].component == op->component);
		}
	}
}

static void check_op(struct ctx *cx, const struct bulk *bulk, size_t index, const char **ids)
{
	const struct bulk_op *op = &bulk->ops[index];
	struct ctx scratch = *cx;
	enum scim_err e = bulk_resolve(&scratch, bulk, index, ids);
	assert(e == op->err);
	if (e) {
		assert(err_row(e)->status < 500 && op->ref_count == 0);
		assert(utf8_valid(op->detail, strlen(op->detail)));
		return;
	}
	assert((op->id != NULL) == (op->method != BULK_POST));
	assert(!op->id || !is_reference(op->id));
	assert((op->data != NULL) == (op->method != BULK_DELETE));
	check_data(cx, op, op->data);
}

static void check(struct ctx *cx, struct json_object *body)
{
	struct json_object *tree;
	struct bulk bulk;
	struct buf buf;
	enum scim_err e = bulk_parse(cx, types, body, &bulk);
	assert(cx->err == e && (!cx->strict || cx->quirks == 0));
	if (e)
		return;
	const char **ids = arena_alloc(cx->arena, bulk.count * sizeof(*ids));
	for (size_t i = 0; i < bulk.count; i++)
		ids[i] = arena_printf(cx->arena, "id%zu", i);
	check_order(cx, &bulk);
	buf_init(&buf, cx->arena, 0);
	bulk_print_open(&buf);
	for (size_t i = 0; i < bulk.count; i++) {
		const struct bulk_op *op = &bulk.ops[i];
		check_op(cx, &bulk, i, ids);
		bulk_print_op(&buf, op,
			&(struct bulk_result){ .status = 200,
				.version = "v",
				.err = op->err,
				.detail = op->detail });
	}
	bulk_print_close(&buf);
	tree = json_parse_stored(cx->arena, buf.data, buf.len);
	assert(json_object_array_length(json_get(tree, "Operations")) == bulk.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	for (int i = 0; i < 2; i++) {
		struct ctx cx = { .arena = arena, .limits = &limits, .strict = i };
		struct json_object *body = NULL;
		if (json_parse_object(&cx, (const char *)data, size, &body))
			break;
		check(&cx, body);
	}
	arena_free(arena);
	return 0;
}
