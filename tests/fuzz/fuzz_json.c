/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a request body. What the guard lets pass is parsed, printed, and is the same when it
 * is read back; what it refuses has a reason that can be shown.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = { .json_depth = 32, .json_nodes = 10000 };

static void round_trip(struct ctx *cx, const char *text, size_t len)
{
	struct json_object *tree, *again, *copy;
	struct buf printed;
	enum scim_err e = json_parse(cx, text, len, &tree);

	assert(!e);
	buf_init(&printed, cx->arena, len);
	json_print(&printed, tree);
	e = json_parse(cx, printed.data, printed.len, &again);
	assert(!e);
	assert(json_same(tree, again));
	copy = json_copy(tree);
	assert(json_same(copy, again));
	json_object_put(copy);
	assert(json_same(json_parse_stored(cx->arena, printed.data, printed.len), tree));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct ctx cx = { .arena = arena, .limits = &limits };
	enum scim_err e = json_guard(&cx, (const char *)data, size);

	if (e)
		assert(utf8_valid(cx.detail, strlen(cx.detail)) && strlen(cx.detail) <= 500);
	else
		round_trip(&cx, (const char *)data, size);
	arena_free(arena);
	return 0;
}
