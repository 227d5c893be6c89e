/* SPDX-License-Identifier: MIT */
/* The meaning of filters on values in memory. */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/match.h"
#include "support.h"
#include "vector.h"

static void run_match(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct filter *tree;
	struct json_object *resource;
	if (filter_parse(cx, &user_type, inputs[0], strlen(inputs[0]), &tree) ||
		json_parse_object(cx, inputs[1], strlen(inputs[1]), &resource)) {
		vector_error(got, cx);
		return;
	}
	buf_puts(got, match_resource(cx, tree, resource) ? "yes" : "no");
}

static void vectors_hold(void)
{
	vectors_run("match.txt", 2, run_match);
}

static const struct attr number_attrs[] = {
	{ .name = "levels", .type = T_INTEGER, .multi = true, .doc = "" },
	{ .name = "ratio", .type = T_DECIMAL, .doc = "" },
	{ 0 },
};
static const struct schema number_schema = {
	.urn = "urn:x:Number", .name = "Number", .attrs = number_attrs
};
static const struct schema *const no_extensions[] = { NULL };
static const struct resource_type number_type = { .name = "Number",
	.endpoint = "/Numbers",
	.core = &number_schema,
	.extensions = no_extensions };

static const struct number_row {
	const char *filter;
	const char *resource;
	bool matches;
} number_rows[] = {
	{ "levels eq 2", "{\"levels\":[1,2,3]}", true },
	{ "levels eq 4", "{\"levels\":[1,2,3]}", false },
	{ "levels gt 2", "{\"levels\":[1,2,3]}", true },
	{ "levels gt 3", "{\"levels\":[1,2,3]}", false },
	{ "levels[value gt 1 and value lt 3]", "{\"levels\":[1,2,3]}", true },
	{ "levels[value gt 1 and value lt 3]", "{\"levels\":[1,3]}", false },
	{ "levels ne 1", "{\"levels\":[1,3]}", true },
	{ "levels ne 1", "{\"levels\":[1,1]}", false },
	{ "levels eq 9007199254740993", "{\"levels\":[9007199254740992]}", false },
	{ "levels gt 9007199254740992", "{\"levels\":[9007199254740993]}", true },
	{ "levels pr", "{\"levels\":[0]}", true },
	{ "ratio eq 1", "{\"ratio\":1.0}", true },
	{ "ratio eq 1.50", "{\"ratio\":1.5}", true },
	{ "ratio gt 1.5", "{\"ratio\":2}", true },
	{ "ratio le -1e2", "{\"ratio\":-100}", true },
	{ "ratio lt -1e2", "{\"ratio\":-100}", false },
	{ "ratio eq 1", "{\"ratio\":\"1\"}", false },
	{ "ratio lt 1", "{}", false },
	{ "ratio ne 1", "{}", true },
};

static void numbers_compare_as_numbers(void)
{
	for (size_t i = 0; i < sizeof(number_rows) / sizeof(number_rows[0]); i++) {
		const struct number_row *row = &number_rows[i];
		struct ctx *cx = test_ctx();
		const struct filter *tree;
		CU_ASSERT_EQUAL_FATAL(
			filter_parse(cx, &number_type, row->filter, strlen(row->filter), &tree),
			SCIM_OK);
		CU_ASSERT_EQUAL(
			match_resource(cx, tree,
				json_parse_stored(cx->arena, row->resource, strlen(row->resource))),
			row->matches);
		test_ctx_free(cx);
	}
}

/* One value against the filter of a PATCH path. */
static const struct value_row {
	const char *attr;
	const char *filter;
	const char *value;
	bool matches;
} value_rows[] = {
	{ "emails", "type eq \"WORK\" and value ew \"@x\"", "{\"type\":\"work\",\"value\":\"a@X\"}",
		true },
	{ "emails", "type eq \"home\"", "{\"type\":\"work\"}", false },
	{ "emails", "type ne \"home\"", "{\"value\":\"x\"}", true },
	{ "emails", "primary eq false", "{\"value\":\"x\"}", false },
	{ "emails", "not (primary eq true)", "{\"value\":\"x\"}", true },
	{ "emails", "type pr", "{\"value\":\"x\"}", false },
	{ "emails", "type eq null", "{\"value\":\"x\"}", true },
	{ "emails", "value eq \"x\"", "\"X\"", true },
	{ "emails", "type eq \"x\"", "\"x\"", false },
	{ "schemas", "value eq \"urn:x\"", "\"urn:x\"", true },
	{ "schemas", "value eq \"urn:x\"", "\"urn:X\"", false },
	{ "schemas", "value sw \"urn\" or value pr", "\"x\"", true },
};

static void one_value_is_matched_alone(void)
{
	for (size_t i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]); i++) {
		const struct value_row *row = &value_rows[i];
		struct ctx *cx = test_ctx();
		const struct filter *tree;
		const struct attr *attr =
			attr_find(user_schema.attrs, row->attr, strlen(row->attr));
		if (!attr)
			attr = attr_find(common_attrs, row->attr, strlen(row->attr));
		CU_ASSERT_EQUAL_FATAL(
			filter_parse_values(cx, attr, row->filter, strlen(row->filter), &tree),
			SCIM_OK);
		CU_ASSERT_EQUAL(
			match_value(cx, tree, attr,
				json_parse_stored(cx->arena, row->value, strlen(row->value))),
			row->matches);
		test_ctx_free(cx);
	}
}

CU_TestInfo match_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "numbers compare as numbers", numbers_compare_as_numbers },
	{ "one value is matched alone", one_value_is_matched_alone },
	CU_TEST_INFO_NULL,
};
