/* SPDX-License-Identifier: MIT */
/* Attribute paths: the vectors, and what their lines cannot say. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "scim/filter.h"
#include "scim/quirk.h"
#include "support.h"
#include "vector.h"

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
	if (path->filter) {
		buf_putc(got, ' ');
		filter_print(got, path->filter);
	}
}

static void run_path(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct resource_type *rt = &user_type;
	const char *text = inputs[0];
	struct path path;
	if (text_istarts(text, strlen(text), "Group: ")) {
		rt = &group_type;
		text += strlen("Group: ");
	}
	if (path_parse(cx, rt, text, strlen(text), &path)) {
		vector_error(got, cx);
		return;
	}
	print_path(got, &path);
	for (enum quirk quirk = 0; quirk < QUIRK__MAX; quirk++)
		if (cx->quirks & (uint64_t)1 << quirk)
			buf_printf(got, " + %s", quirk_names[quirk]);
}

static void vectors_hold(void)
{
	vectors_run("path.txt", 1, run_path);
}

static enum scim_err parse(struct ctx *cx, const char *text, size_t len)
{
	struct path path;
	ctx_clear(cx);
	return path_parse(cx, &user_type, text, len, &path);
}

/* Paths that only quirks allow, and the error each gives a strict directory. */
static const struct strict_row {
	const char *text;
	enum scim_err e;
} strict_rows[] = {
	{ "department", SCIM_INVALID_PATH },
	{ "manager.value", SCIM_INVALID_PATH },
	{ URN_USER ":department", SCIM_INVALID_PATH },
	{ "urn:scim:schemas:core:1.0:userName", SCIM_INVALID_PATH },
	{ "urn:scim:schemas:extension:enterprise:1.0", SCIM_INVALID_PATH },
	{ "emails[value eq 'x']", SCIM_INVALID_FILTER },
	{ "emails[primary eq \"True\"]", SCIM_INVALID_FILTER },
	{ "emails[value eq 1]", SCIM_INVALID_FILTER },
	{ URN_ENTERPRISE ":department", SCIM_OK },
	{ "emails[value eq \"x\"].type", SCIM_OK },
};

static void strict_refuses_what_quirks_allow(void)
{
	struct ctx *cx = test_ctx();
	for (size_t i = 0; i < sizeof(strict_rows) / sizeof(strict_rows[0]); i++) {
		const struct strict_row *row = &strict_rows[i];
		cx->strict = false;
		CU_ASSERT_EQUAL(parse(cx, row->text, strlen(row->text)), SCIM_OK);
		CU_ASSERT_EQUAL(cx->quirks != 0, row->e != SCIM_OK);
		cx->strict = true;
		cx->quirks = 0;
		CU_ASSERT_EQUAL(parse(cx, row->text, strlen(row->text)), row->e);
		CU_ASSERT_EQUAL(cx->quirks, 0);
	}
	test_ctx_free(cx);
}

static void resolving_fails_silently(void)
{
	struct ctx *cx = test_ctx();
	struct path path;
	CU_ASSERT_FALSE(path_resolve(cx, &user_type, "nosuch", 6, &path));
	CU_ASSERT_FALSE(path_resolve(cx, &user_type, "name.nosuch", 11, &path));
	CU_ASSERT_FALSE(path_resolve(cx, &user_type, "emails[type pr]", 15, &path));
	CU_ASSERT_FALSE(path_resolve(cx, &user_type, "", 0, &path));
	CU_ASSERT_EQUAL(cx->err, SCIM_OK);
	CU_ASSERT_EQUAL(cx->quirks, 0);
	CU_ASSERT_TRUE(path_resolve(cx, &user_type, "NAME.givenname!", 14, &path));
	CU_ASSERT_STRING_EQUAL(path.sub->name, "givenName");
	test_ctx_free(cx);
}

/* A schema that is added behind changes the meaning of no bare name. */
static void bare_names_mean_the_first_extension(void)
{
	static const struct attr attrs[] = { { .name = "department", .doc = "" }, { 0 } };
	static const struct schema other = {
		.urn = "urn:x:Other", .name = "Other", .attrs = attrs
	};
	static const struct schema *const extensions[] = { &enterprise_schema, &other, NULL };
	struct resource_type type = user_type;
	struct ctx *cx = test_ctx();
	struct path path;
	type.extensions = extensions;
	CU_ASSERT_TRUE(path_resolve(cx, &type, "department", 10, &path));
	CU_ASSERT_PTR_EQUAL(path.extension, &enterprise_schema);
	CU_ASSERT_TRUE(path_resolve(cx, &type, "urn:x:other:department", 22, &path));
	CU_ASSERT_PTR_EQUAL(path.extension, &other);
	CU_ASSERT_TRUE(path_resolve(cx, &type, "costCenter", 10, &path));
	CU_ASSERT_PTR_EQUAL(path.extension, &enterprise_schema);
	test_ctx_free(cx);
}

static void bytes_that_are_no_text_are_refused(void)
{
	struct ctx *cx = test_ctx();
	CU_ASSERT_EQUAL(parse(cx, "user\xffName", 9), SCIM_INVALID_PATH);
	CU_ASSERT_EQUAL(parse(cx, "userName\0", 9), SCIM_INVALID_PATH);
	CU_ASSERT_EQUAL(parse(cx, "emails[type eq \"a\0b\"]", 21), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "emails[type eq \"\xed\xa0\x80\"]", 20), SCIM_INVALID_PATH);
	test_ctx_free(cx);
}

/* reliability.md A6: a.a.a..., a[b[c[..., and colons, a million times. */
static void long_paths_are_refused(void)
{
	static const char *const parts[] = { "a.", "emails[", "urn:", "name.", "]", "emails[(" };
	enum {
		TIMES = 1000000
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct ctx *cx = test_ctx();
		struct buf text;
		buf_init(&text, cx->arena, TIMES * strlen(parts[i]) + 1);
		size_t before = arena_size(cx->arena);
		for (size_t n = 0; n < TIMES; n++)
			buf_puts(&text, parts[i]);
		CU_ASSERT_NOT_EQUAL(parse(cx, text.data, text.len), SCIM_OK);
		buf_puts(&text, "]");
		CU_ASSERT_NOT_EQUAL(parse(cx, text.data, text.len), SCIM_OK);
		CU_ASSERT_TRUE(arena_size(cx->arena) - before < (size_t)1024 * 1024);
		test_ctx_free(cx);
	}
}

CU_TestInfo path_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "a strict directory refuses what only quirks allow", strict_refuses_what_quirks_allow },
	{ "resolving fails without a word", resolving_fails_silently },
	{ "a bare name means the first extension", bare_names_mean_the_first_extension },
	{ "bytes that are no text are refused", bytes_that_are_no_text_are_refused },
	{ "long paths are refused in little memory", long_paths_are_refused },
	CU_TEST_INFO_NULL,
};
