/* SPDX-License-Identifier: MIT */
#include "vector.h"

#include "base/json.h"
#include "base/text.h"
#include "support.h"

#define LINES_MAX 16

struct block {
	char *line[LINES_MAX];
	unsigned n; /* lines, comments not counted */
	unsigned last; /* number of the last one in the file, from 1 */
};

struct file {
	const char *path;
	char *rest; /* what has not been read; NULL at the end */
	unsigned line; /* lines read */
};

/* The next line without its end, NULL behind the last. */
static char *line_next(struct file *file)
{
	file->line++;
	return strsep(&file->rest, "\n");
}

/* Read the next block with at least one line; false at the end. */
static bool block_next(struct file *file, struct block *block)
{
	char *line;

	block->n = 0;
	while ((line = line_next(file))) {
		if (*line == '\0' && block->n > 0)
			return true;
		if (*line == '\0' || strncmp(line, "# ", 2) == 0)
			continue;
		if (block->n < LINES_MAX)
			block->line[block->n++] = line;
		block->last = file->line;
	}
	return block->n > 0;
}

/* The value of text when it is a JSON object or array, else NULL. */
static struct json_object *as_json(struct ctx *cx, const char *text, size_t len)
{
	struct json_object *tree = NULL;

	if (*text != '{' && *text != '[')
		return NULL;
	ctx_clear(cx);
	return json_parse(cx, text, len, &tree) ? NULL : tree;
}

static bool agrees(struct ctx *cx, const char *expected, const struct buf *got)
{
	struct json_object *a = as_json(cx, expected, strlen(expected));
	struct json_object *b = as_json(cx, got->data, got->len);

	return a && b ? json_same(a, b) : strcmp(expected, got->data) == 0;
}

static void block_run(const struct file *file, struct block *block, vector_fn *fn)
{
	struct ctx *cx = test_ctx();
	const char *expected = block->line[block->n - 1];
	struct buf got;
	bool right;

	buf_init(&got, cx->arena, 0);
	fn(cx, block->line, &got);
	right = agrees(cx, expected, &got);
	CU_ASSERT_TRUE(right);
	if (!right)
		printf("\n%s:%u: expected\n\t%s\ngot\n\t%s\n", file->path, block->last, expected,
			got.data);
	test_ctx_free(cx);
}

void vectors_run(const char *name, unsigned inputs, vector_fn *fn)
{
	struct arena *arena = arena_new();
	struct file file = { .path = test_path(arena, arena_printf(arena, "vectors/%s", name)) };
	struct block block;
	unsigned blocks = 0;

	file.rest = test_read(arena, file.path, NULL);
	for (; block_next(&file, &block); blocks++) {
		bool shaped = block.n == inputs + 1;

		CU_ASSERT_TRUE(shaped);
		if (shaped)
			block_run(&file, &block, fn);
		else
			printf("\n%s:%u: a block has %u lines here\n", file.path, block.last,
				inputs + 1);
	}
	CU_ASSERT_TRUE(blocks > 0);
	if (blocks == 0)
		printf("\n%s: no vectors\n", file.path);
	arena_free(arena);
}

void vector_error(struct buf *buf, const struct ctx *cx)
{
	const struct err_row *row = err_row(cx->err);

	if (row->scim_type)
		buf_printf(buf, "! %s", row->scim_type);
	else
		buf_printf(buf, "! %d", row->status);
}
