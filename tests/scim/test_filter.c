/* SPDX-License-Identifier: MIT */
/* Filters: the vectors, the limits, and types that the RFC's own schemas do not have. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "scim/filter.h"
#include "scim/quirk.h"
#include "support.h"
#include "vector.h"

static const struct attr custom_subs[] = {
	{ .name = "value", .type = T_INTEGER, .doc = "" },
	{ .name = "secret", .mutability = M_WRITE_ONLY, .returned = R_NEVER, .doc = "" },
	{ 0 },
};

static const struct attr custom_attrs[] = {
	{ .name = "level", .type = T_INTEGER, .doc = "" },
	{ .name = "title", .type = T_INTEGER, .doc = "" },
	{ .name = "emails", .type = T_STRING, .doc = "" },
	{ .name = "ratio", .type = T_DECIMAL, .doc = "" },
	{ .name = "dates", .type = T_DATETIME, .multi = true, .doc = "" },
	{ .name = "scores", .type = T_COMPLEX, .multi = true, .subs = custom_subs, .doc = "" },
	{ 0 },
};

static const struct schema custom_schema = {
	.urn = "urn:x:Custom", .name = "Custom", .attrs = custom_attrs
};
static const struct schema *const no_extensions[] = { NULL };
static const struct resource_type custom_type = { .name = "Custom",
	.endpoint = "/Customs",
	.core = &custom_schema,
	.extensions = no_extensions };

static void print_quirks(struct ctx *cx, struct buf *got)
{
	for (enum quirk quirk = 0; quirk < QUIRK__MAX; quirk++)
		if (cx->quirks & (uint64_t)1 << quirk)
			buf_printf(got, " + %s", quirk_names[quirk]);
}

static void print_result(
	struct ctx *cx, const struct resource_type *rt, const char *text, struct buf *got)
{
	const struct filter *tree = NULL;
	if (filter_parse(cx, rt, text, strlen(text), &tree)) {
		CU_ASSERT_PTR_NULL(tree);
		vector_error(got, cx);
		return;
	}
	filter_print(got, tree);
	print_quirks(cx, got);
}

static void run_filter(struct ctx *cx, char **inputs, struct buf *got)
{
	const char *text = inputs[0];
	if (text_istarts(text, strlen(text), "Group: "))
		print_result(cx, &group_type, text + strlen("Group: "), got);
	else
		print_result(cx, &user_type, text, got);
}

static void vectors_hold(void)
{
	vectors_run("filter.txt", 1, run_filter);
}

static const struct custom_row {
	const char *text;
	const char *tree;
} custom_rows[] = {
	{ "level eq 7", "(eq level 7)" },
	{ "level gt -9223372036854775808", "(gt level -9223372036854775808)" },
	{ "level eq \"7\"", "(eq level 7) + stringNumber" },
	{ "level eq 7.0", "! invalidFilter" },
	{ "level eq 1e3", "! invalidFilter" },
	{ "level eq \"7 \"", "! invalidFilter" },
	{ "level eq \"\"", "! invalidFilter" },
	{ "level eq \"9223372036854775808\"", "! invalidFilter" },
	{ "level eq true", "! invalidFilter" },
	{ "level co 7", "! invalidFilter" },
	{ "level eq null", "(eq level null)" },
	{ "ratio le 1.5E-3", "(le ratio 1.5E-3)" },
	{ "ratio le -0", "(le ratio -0)" },
	{ "ratio eq 1e309", "! invalidFilter" },
	{ "ratio eq \"1.5\"", "(eq ratio 1.5) + stringNumber" },
	{ "dates gt \"2011-05-13T04:42:34+01:00\"", "(gt dates \"2011-05-13T03:42:34.000000Z\")" },
	{ "dates[value gt \"2011-05-13T04:42:34Z\"]",
		"(has dates (gt value \"2011-05-13T04:42:34.000000Z\"))" },
	{ "dates[value gt \"now\"]", "! invalidFilter" },
	{ "scores gt 3", "(gt scores.value 3)" },
	{ "scores[value gt 3 and value lt 5]", "(has scores (and (gt value 3) (lt value 5)))" },
	{ "scores.secret pr", "! invalidFilter" },
	{ "scores[secret eq \"x\"]", "! invalidFilter" },
	{ "scores[value eq 1].secret eq \"x\"", "! invalidFilter" },
};

static void numbers_and_times_are_typed(void)
{
	for (size_t i = 0; i < sizeof(custom_rows) / sizeof(custom_rows[0]); i++) {
		struct ctx *cx = test_ctx();
		struct buf got;
		buf_init(&got, cx->arena, 0);
		print_result(cx, &custom_type, custom_rows[i].text, &got);
		CU_ASSERT_STRING_EQUAL(got.data, custom_rows[i].tree);
		test_ctx_free(cx);
	}
}

/* Trees of a user, a group and a thing that has levels, in this order. */
static const struct resource_type *const any_types[] = { &user_type, &group_type, &custom_type,
	NULL };

static void print_any(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct filter *trees[3] = { NULL };
	const char *text = inputs[0];
	cx->strict = text_istarts(text, strlen(text), "strict: ");
	text += cx->strict ? strlen("strict: ") : 0;
	if (filter_parse_any(cx, any_types, text, strlen(text), trees)) {
		vector_error(got, cx);
		buf_printf(got, " %s", cx->detail);
		return;
	}
	CU_ASSERT_EQUAL(cx->err, SCIM_OK);
	for (size_t i = 0; i < 3; i++) {
		buf_puts(got, i ? " | " : "");
		filter_print(got, trees[i]);
	}
	print_quirks(cx, got);
}

static void several_types_have_a_tree_each(void)
{
	vectors_run("filter_any.txt", 1, print_any);
}

static void several_types_have_the_same_limits(void)
{
	struct limits limits = test_limits;
	struct ctx *cx = test_ctx();
	const struct filter *trees[3];
	static const char good[] = "members[value pr].display pr or level pr";
	static const char bad[] = "members[value pr].display pr or level pr or title pr";
	limits.filter_terms = 3;
	cx->limits = &limits;
	CU_ASSERT_EQUAL(filter_parse_any(cx, any_types, good, sizeof(good) - 1, trees), SCIM_OK);
	CU_ASSERT_EQUAL(
		filter_parse_any(cx, any_types, bad, sizeof(bad) - 1, trees), SCIM_INVALID_FILTER);
	test_ctx_free(cx);
}

static enum scim_err parse(struct ctx *cx, const char *text, size_t len)
{
	const struct filter *tree;
	ctx_clear(cx);
	return filter_parse(cx, &user_type, text, len, &tree);
}

static const char *const quirk_filters[] = {
	"emails[type eq \"work\"].value eq \"x\"",
	"active eq \"True\"",
	"department eq \"x\"",
	URN_ENTERPRISE ":manager eq \"x\"",
	"emails[value eq 'x']",
	"title eq 7",
	"urn:scim:schemas:core:1.0:userName eq \"x\"",
};

static void strict_refuses_what_quirks_allow(void)
{
	struct ctx *cx = test_ctx();
	for (size_t i = 0; i < sizeof(quirk_filters) / sizeof(quirk_filters[0]); i++) {
		const char *text = quirk_filters[i];
		cx->strict = false;
		CU_ASSERT_EQUAL(parse(cx, text, strlen(text)), SCIM_OK);
		CU_ASSERT_NOT_EQUAL(cx->quirks, 0);
		cx->strict = true;
		cx->quirks = 0;
		CU_ASSERT_EQUAL(parse(cx, text, strlen(text)), SCIM_INVALID_FILTER);
		CU_ASSERT_EQUAL(cx->quirks, 0);
	}
	CU_ASSERT_EQUAL(parse(cx, "emails co \"x\"", 13), SCIM_OK);
	test_ctx_free(cx);
}

static void bytes_that_are_no_text_are_refused(void)
{
	struct ctx *cx = test_ctx();
	CU_ASSERT_EQUAL(parse(cx, "", 0), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, " ", 1), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "title eq \"\xff\"", 12), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "title eq \"\xed\xa0\x80\"", 14), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "title eq \"a\0b\"", 14), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "title pr\0", 9), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "title\0pr", 8), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse(cx, "title eq \"a\x01\"", 13), SCIM_INVALID_FILTER);
	test_ctx_free(cx);
}

/* open times left, middle, close times right. */
static enum scim_err parse_repeated(
	const char *left, const char *middle, const char *right, size_t times)
{
	struct ctx *cx = test_ctx();
	struct buf text;
	buf_init(&text, cx->arena, times * (strlen(left) + strlen(right)) + strlen(middle));
	for (size_t i = 0; i < times; i++)
		buf_puts(&text, left);
	buf_puts(&text, middle);
	for (size_t i = 0; i < times; i++)
		buf_puts(&text, right);
	size_t before = arena_size(cx->arena);
	enum scim_err e = parse(cx, text.data, text.len);
	CU_ASSERT_TRUE(arena_size(cx->arena) - before < (size_t)1024 * 1024);
	test_ctx_free(cx);
	return e;
}

static void nesting_is_limited(void)
{
	CU_ASSERT_EQUAL(parse_repeated("(", "title pr", ")", 32), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("(", "title pr", ")", 33), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("not (", "title pr", ")", 16), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("not (", "title pr", ")", 17), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("(", "emails[type pr]", ")", 31), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("(", "emails[type pr]", ")", 32), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("title pr and (", "title pr", ")", 32), SCIM_OK);
	/* a deep prefix that is right, and then a syntax error */
	CU_ASSERT_EQUAL(parse_repeated("(", "title xx", ")", 32), SCIM_INVALID_FILTER);
	/* depth is of nesting, not of groups one after the other */
	CU_ASSERT_EQUAL(parse_repeated("(title pr) or ", "title pr", "", 100), SCIM_OK);
}

static void terms_are_limited(void)
{
	CU_ASSERT_EQUAL(parse_repeated("title pr or ", "title pr", "", 199), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("title pr or ", "title pr", "", 200), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("title pr and ", "title pr", "", 199), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated("title pr and ", "title pr", "", 200), SCIM_INVALID_FILTER);
}

static void length_is_limited(void)
{
	CU_ASSERT_EQUAL(parse_repeated(" ", "title pr", "", 8192 - 8), SCIM_OK);
	CU_ASSERT_EQUAL(parse_repeated(" ", "title pr", "", 8193 - 8), SCIM_INVALID_FILTER);
}

/* reliability.md A6 */
static void huge_filters_are_refused(void)
{
	enum {
		TIMES = 1000000
	};
	CU_ASSERT_EQUAL(parse_repeated("(", "", "", TIMES), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("not ", "", "", TIMES), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("emails[", "", "", TIMES), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("a.", "", "", TIMES), SCIM_INVALID_FILTER);
	CU_ASSERT_EQUAL(parse_repeated("title pr or ", "title pr", "", TIMES), SCIM_INVALID_FILTER);
}

static void chains_grow_to_the_left(void)
{
	struct ctx *cx = test_ctx();
	const struct filter *tree;
	static const char text[] = "title pr and title pr and title pr or id pr or id pr";
	CU_ASSERT_EQUAL_FATAL(filter_parse(cx, &user_type, text, sizeof(text) - 1, &tree), SCIM_OK);
	for (const struct filter *at = tree; at->left; at = at->left)
		CU_ASSERT_PTR_NULL(at->right->left);
	test_ctx_free(cx);
}

static void values_inside_brackets_stand_alone(void)
{
	struct ctx *cx = test_ctx();
	const struct filter *tree;
	const struct attr *emails = attr_find(user_schema.attrs, "emails", 6);
	const struct attr *schemas = attr_find(common_attrs, "schemas", 7);
	CU_ASSERT_EQUAL_FATAL(
		filter_parse_values(cx, emails, "type eq 'Work'", 14, &tree), SCIM_OK);
	CU_ASSERT_PTR_EQUAL(tree->path.attr, attr_find(emails->subs, "type", 4));
	CU_ASSERT_STRING_EQUAL(tree->value.text, "work");
	CU_ASSERT_EQUAL_FATAL(
		filter_parse_values(cx, schemas, "value eq \"A\"", 12, &tree), SCIM_OK);
	CU_ASSERT_STRING_EQUAL(tree->path.attr->name, "value");
	CU_ASSERT_EQUAL(tree->path.attr->type, T_REFERENCE);
	CU_ASSERT_STRING_EQUAL(tree->value.text, "A");
	CU_ASSERT_EQUAL(
		filter_parse_values(cx, emails, "emails[type pr]", 15, &tree), SCIM_INVALID_FILTER);
	test_ctx_free(cx);
}

static void errors_tell_where(void)
{
	struct ctx *cx = test_ctx();
	CU_ASSERT_EQUAL(parse(cx, "title eq \"\xc3\xa9\" und", 17), SCIM_INVALID_FILTER);
	CU_ASSERT_STRING_EQUAL(
		cx->detail, "expected and, or or the end at character 14 of the filter");
	CU_ASSERT_EQUAL(parse(cx, "nosuch eq 1", 11), SCIM_INVALID_FILTER);
	CU_ASSERT_STRING_EQUAL(cx->detail, "no attribute 'nosuch'");
	test_ctx_free(cx);
}

CU_TestInfo filter_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "numbers and times are typed", numbers_and_times_are_typed },
	{ "several types have a tree each", several_types_have_a_tree_each },
	{ "several types have the same limits", several_types_have_the_same_limits },
	{ "a strict directory refuses what only quirks allow", strict_refuses_what_quirks_allow },
	{ "bytes that are no text are refused", bytes_that_are_no_text_are_refused },
	{ "nesting is limited", nesting_is_limited },
	{ "terms are limited", terms_are_limited },
	{ "length is limited", length_is_limited },
	{ "huge filters are refused in little memory", huge_filters_are_refused },
	{ "chains grow to the left", chains_grow_to_the_left },
	{ "values inside brackets stand alone", values_inside_brackets_stand_alone },
	{ "errors tell where", errors_tell_where },
	CU_TEST_INFO_NULL,
};
