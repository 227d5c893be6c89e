/* SPDX-License-Identifier: MIT */
/* Filters and names of SCIM 1.1: the vectors, and the limits. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "scim/filter.h"
#include "scim/quirk.h"
#include "scim/v1.h"
#include "support.h"
#include "vector.h"

static const struct origin origin = {
	.base = "https://x/v1",
	.account = { { [15] = 0xa } },
	.directory = { { [15] = 0xd } },
};

static void print_quirks(struct ctx *cx, struct buf *got)
{
	for (enum quirk quirk = 0; quirk < QUIRK__MAX; quirk++)
		if (cx->quirks & (uint64_t)1 << quirk)
			buf_printf(got, " + %s", quirk_names[quirk]);
}

static bool take(const char **text, const char *prefix)
{
	if (!text_istarts(*text, strlen(*text), prefix))
		return false;
	*text += strlen(prefix);
	return true;
}

/* Take "strict: " and "Group: ", in this order. */
static const struct resource_type *take_type(struct ctx *cx, const char **text)
{
	cx->strict = take(text, "strict: ");
	return take(text, "Group: ") ? &group_type : &user_type;
}

static void run_filter(struct ctx *cx, char **inputs, struct buf *got)
{
	const char *text = inputs[0];
	const struct resource_type *rt = take_type(cx, &text);
	const struct filter *tree = NULL;
	if (v1_filter(cx, rt, &origin, text, &tree)) {
		CU_ASSERT_PTR_NULL(tree);
		vector_error(got, cx);
		buf_printf(got, " %s", cx->detail);
		return;
	}
	filter_print(got, tree);
	print_quirks(cx, got);
}

static void filters(void)
{
	vectors_run("v1_filter.txt", 1, run_filter);
}

static void print_path(struct buf *got, const struct path *path)
{
	if (path->extension)
		buf_puts(got, path->extension->urn);
	if (path->extension && path->attr)
		buf_putc(got, ':');
	if (path->attr)
		buf_puts(got, path->attr->name);
	if (path->sub)
		buf_printf(got, ".%s", path->sub->name);
}

static path_resolver *const resolvers[] = { v1_resolve, v1_reference, v1_path };

static void run_path(struct ctx *cx, char **inputs, struct buf *got)
{
	const char *text = inputs[0];
	const struct resource_type *rt = take_type(cx, &text);
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(*resolvers); i++) {
		struct path path;
		buf_puts(got, i ? " | " : "");
		if (resolvers[i](cx, rt, text, strlen(text), &path))
			print_path(got, &path);
		else
			buf_putc(got, '-');
		CU_ASSERT_EQUAL(cx->err, SCIM_OK);
	}
	print_quirks(cx, got);
}

static void names(void)
{
	vectors_run("v1_path.txt", 1, run_path);
}

static void run_projection(struct ctx *cx, char **inputs, struct buf *got)
{
	struct projection projection;
	CU_ASSERT_EQUAL(v1_projection(cx, &user_type, inputs[0], "userName", &projection), SCIM_OK);
	CU_ASSERT_TRUE(projection.only);
	for (size_t i = 0; i < projection.count; i++) {
		buf_puts(got, i ? " " : "");
		print_path(got, &projection.paths[i]);
	}
	if (projection.count == 0)
		buf_puts(got, "none");
}

static void projections(void)
{
	struct ctx *cx = test_ctx();
	struct projection projection;
	vectors_run("v1_project.txt", 1, run_projection);
	CU_ASSERT_EQUAL(v1_projection(cx, &user_type, NULL, "userName", &projection), SCIM_OK);
	CU_ASSERT_FALSE(projection.only);
	CU_ASSERT_EQUAL(projection.count, 0);
	test_ctx_free(cx);
}

/* open times left, middle, close times right. */
static enum scim_err parse_repeated(
	const char *left, const char *middle, const char *right, size_t times)
{
	struct ctx *cx = test_ctx();
	const struct filter *tree;
	struct buf text;
	buf_init(&text, cx->arena, times * (strlen(left) + strlen(right)) + strlen(middle));
	for (size_t i = 0; i < times; i++)
		buf_puts(&text, left);
	buf_puts(&text, middle);
	for (size_t i = 0; i < times; i++)
		buf_puts(&text, right);
	size_t before = arena_size(cx->arena);
	enum scim_err e = v1_filter(cx, &user_type, &origin, text.data, &tree);
	CU_ASSERT_TRUE(arena_size(cx->arena) - before < (size_t)1024 * 1024);
	test_ctx_free(cx);
	return e;
}

static void limits_hold(void)
{
	CU_ASSERT_EQUAL(parse_repeated("(", "title pr", ")", 32), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("(", "title pr", ")", 33), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("title pr or ", "title pr", "", 199), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("title pr or ", "title pr", "", 200), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated(" ", "title pr", "", 8193 - 8), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("(", "", "", 1000000), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(
		parse_repeated("title pr or ", "title pr", "", 1000000), SCIM_INVALID_FILTER);
}

CU_TestInfo v1_filter_tests[] = {
	{ "filters are rewritten", filters },
	{ "names lead where they mean", names },
	{ "projections keep PingOne's extension", projections },
	{ "the limits of filters hold", limits_hold },
	CU_TEST_INFO_NULL,
};
