/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "base/buf.h"
#include "base/text.h"

const struct limits test_limits = {
	.body_bytes = 1048576,
	.group_body_bytes = 33554432,
	.json_depth = 32,
	.json_nodes = 100000,
	.string_bytes = 65536,
	.resource_bytes = 131072,
	.unique_bytes = 1024,
	.filter_bytes = 8192,
	.filter_depth = 32,
	.filter_terms = 200,
	.patch_operations = 1000,
	.bulk_operations = 1000,
	.values = 10000,
	.members = 250000,
	.count = 1000,
	.default_count = 100,
	.cursor_seconds = 3600,
};

struct ctx *test_ctx(void)
{
	struct arena *arena = arena_new();
	struct ctx *cx = arena_alloc(arena, sizeof(*cx));

	*cx = (struct ctx){
		.arena = arena,
		.limits = &test_limits,
		.now = INT64_C(1795286984123000),
	};
	cx->request_id = uuid_v7(cx->now);
	return cx;
}

void test_ctx_free(struct ctx *cx)
{
	arena_free(cx->arena);
}

char *test_path(struct arena *arena, const char *file)
{
	const char *dir = getenv("TESTS_DIR");

	return arena_printf(arena, "%s/%s", dir ? dir : "tests", file);
}

char *test_read(struct arena *arena, const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char part[4096];
	struct buf text;
	size_t n;

	if (!file)
		return NULL;
	buf_init(&text, arena, 0);
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		buf_put(&text, part, n);
	fclose(file);
	if (len)
		*len = text.len;
	return text.data;
}
