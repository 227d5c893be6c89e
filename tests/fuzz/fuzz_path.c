/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a PATCH path and as a plain attribute reference, of users and of groups. What
 * parses names rows of the tables that belong together; what is plain resolves the same both ways.
 */
#include <assert.h>
#include <stdint.h>

#include "base/text.h"
#include "scim/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = {
	.filter_bytes = 8192,
	.filter_depth = 32,
	.filter_terms = 50,
};

static void check_path(struct ctx *cx, const struct path *path)
{
	struct buf printed;
	assert(path->attr || path->extension);
	if (!path->attr)
		assert(!path->sub && !path->filter);
	if (path->sub)
		assert(attr_find(path->attr->subs, path->sub->name, strlen(path->sub->name)) ==
			path->sub);
	if (!path->filter)
		return;
	buf_init(&printed, cx->arena, 0);
	filter_print(&printed, path->filter);
	assert(utf8_valid(printed.data, printed.len));
}

static void check(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len)
{
	struct path path = { 0 };
	struct path plain = { 0 };
	struct ctx other = *cx;
	enum scim_err e = path_parse(cx, rt, text, len, &path);
	assert(cx->err == e);
	assert(!e || e == SCIM_INVALID_PATH || e == SCIM_INVALID_FILTER);
	assert(!e || (cx->detail && utf8_valid(cx->detail, strlen(cx->detail))));
	if (!e)
		check_path(cx, &path);
	assert(!cx->strict || cx->quirks == 0);
	if (path_resolve(&other, rt, text, len, &plain)) {
		assert(!e && !path.filter);
		assert(path.attr == plain.attr && path.sub == plain.sub);
		assert(path.extension == plain.extension && cx->quirks == other.quirks);
	}
	assert(other.err == SCIM_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const struct resource_type *const types[] = { &user_type, &group_type };
	for (int i = 0; i < 4; i++) {
		struct ctx cx = { .arena = arena, .limits = &limits, .strict = i & 1 };
		check(&cx, types[i / 2], (const char *)data, size);
	}
	assert(arena_size(arena) < 1024 * 1024);
	arena_free(arena);
	return 0;
}
