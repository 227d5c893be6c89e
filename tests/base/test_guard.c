/* SPDX-License-Identifier: MIT */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "support.h"
#include "vector.h"

/* A copy of exactly len bytes, so that a sanitizer sees the byte read too far. */
static enum scim_err guard(struct ctx *cx, const char *text, size_t len)
{
	char *exact = arena_alloc(cx->arena, len);

	if (len > 0)
		memcpy(exact, text, len);
	return json_guard(cx, exact, len);
}

/* Replace each \xNN by its byte. */
static size_t unescape(char *text)
{
	size_t n = 0;

	for (size_t i = 0; text[i]; n++) {
		bool escaped = text[i] == '\\' && text[i + 1] == 'x' &&
			       hex_decode(text + i + 2, 2, (unsigned char *)&text[n], 1);

		if (!escaped)
			text[n] = text[i];
		i += escaped ? 4 : 1;
	}
	return n;
}

/* What the guard lets pass, the parser takes, and prints as JSON that is the same. */
static void guard_vector(struct ctx *cx, char **inputs, struct buf *got)
{
	size_t len = unescape(inputs[0]);
	struct json_object *tree, *again;
	struct buf text;

	if (guard(cx, inputs[0], len)) {
		CU_ASSERT(utf8_valid(cx->detail, strlen(cx->detail)));
		vector_error(got, cx);
		return;
	}
	buf_init(&text, cx->arena, 0);
	CU_ASSERT_EQUAL(json_parse(cx, inputs[0], len, &tree), SCIM_OK);
	json_print(&text, tree);
	CU_ASSERT_EQUAL(json_parse(cx, text.data, text.len, &again), SCIM_OK);
	CU_ASSERT(json_same(tree, again));
	buf_puts(got, "ok");
}

static void json_is_rfc_8259s(void)
{
	vectors_run("json.txt", 1, guard_vector);
}

static void every_truncation_is_refused(void)
{
	static const char text[] = "{\"a\\u00e9\\ud83d\\ude00\xc3\xa9\":[true,false,null,-1.5e+3,"
				   "{\"b\":\"\\n\",\"c\":{}}],\"d\":[[]]}";
	struct ctx *cx = test_ctx();

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		CU_ASSERT_EQUAL(guard(cx, text, len), SCIM_INVALID_SYNTAX);
		ctx_clear(cx);
	}
	CU_ASSERT_EQUAL(guard(cx, text, sizeof(text) - 1), SCIM_OK);
	test_ctx_free(cx);
}

static const struct {
	const char *text, *detail;
} details[] = {
	{ "", "JSON: value expected at byte 0, where the text ends" },
	{ "{\"a\":1", "JSON: ',' or '}' expected at byte 6, where the text ends" },
	{ "[1 2]", "JSON: ',' or ']' expected at byte 3" },
	{ "{\"a\" 1}", "JSON: ':' expected at byte 5" },
	{ "{a:1}", "JSON: key expected at byte 1" },
	{ "{} {}", "JSON: end of the text expected at byte 3" },
	{ "[1.]", "JSON: digit expected at byte 3" },
	{ "[\"\xff\"]", "JSON: invalid UTF-8 at byte 2" },
	{ "[\"\\q\"]", "JSON: unknown escape at byte 2" },
	{ "[\"\\ud800\"]", "JSON: half of a surrogate pair at byte 2" },
	{ "[\"\\u00g0\"]", "JSON: \\u without four hex digits at byte 2" },
	{ "[\"\\u0000\"]", "JSON: \\u0000 at byte 2" },
	{ "[\"a\nb\"]", "JSON: control character in a string at byte 3" },
	{ "[\"a", "JSON: string without an end at byte 3" },
	{ "[1e999]", "JSON: number out of range at byte 1" },
	{ "{\"a\": 1, \"A\": 2}", "JSON: duplicate key \"A\" at byte 9" },
};

static void messages_say_what_and_where(void)
{
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		struct ctx *cx = test_ctx();

		CU_ASSERT_NOT_EQUAL(guard(cx, details[i].text, strlen(details[i].text)), SCIM_OK);
		CU_ASSERT_STRING_EQUAL(cx->detail, details[i].detail);
		test_ctx_free(cx);
	}
}

/* depth times the opening, a middle, depth times the closing. */
static struct buf nested(struct arena *arena, int depth, const char *const part[3])
{
	struct buf text;

	buf_init(&text, arena, 0);
	for (int i = 0; i < depth; i++)
		buf_puts(&text, part[0]);
	buf_puts(&text, part[1]);
	for (int i = 0; i < depth; i++)
		buf_puts(&text, part[2]);
	return text;
}

/* reliability A6 */
static void depth_is_bounded(void)
{
	static const char *const parts[][3] = { { "[", "", "]" }, { "[", "1", "]" },
		{ "{\"a\":", "1", "}" }, { "[{\"a\":", "[]", "}]" }, { "[", "]", "}" },
		{ "[", "", "" }, { "{\"a\":", "", "" } };
	static const int depths[] = { 33, 34, 100, 1000, 100000 };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (size_t j = 0; j < sizeof(depths) / sizeof(depths[0]); j++) {
			struct ctx *cx = test_ctx();
			struct buf text = nested(cx->arena, depths[j], parts[i]);
			size_t before = arena_size(cx->arena);

			CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_INVALID_SYNTAX);
			CU_ASSERT_PTR_NOT_NULL(strstr(cx->detail, "nested too deep"));
			CU_ASSERT(arena_size(cx->arena) - before < 100000);
			test_ctx_free(cx);
		}
	}
}

static void depth_up_to_the_limit_is_fine(void)
{
	static const char *const arrays[] = { "[", "1", "]" };
	static const char *const objects[] = { "{\"a\":", "1", "}" };
	static const char *const broken[] = { "[", "x", "]" };
	struct json_object *tree;

	for (int depth = 1; depth <= 32; depth++) {
		struct ctx *cx = test_ctx();
		struct buf text = nested(cx->arena, depth, arrays);

		CU_ASSERT_EQUAL(json_parse(cx, text.data, text.len, &tree), SCIM_OK);
		text = nested(cx->arena, depth, objects);
		CU_ASSERT_EQUAL(json_parse(cx, text.data, text.len, &tree), SCIM_OK);
		text = nested(cx->arena, depth, broken);
		CU_ASSERT_EQUAL(json_parse(cx, text.data, text.len, &tree), SCIM_INVALID_SYNTAX);
		CU_ASSERT_PTR_NOT_NULL(strstr(cx->detail, "value expected"));
		test_ctx_free(cx);
	}
}

static void a_careless_depth_limit_is_capped(void)
{
	static const char *const arrays[] = { "[", "", "]" };
	struct limits limits = test_limits;
	struct ctx *cx = test_ctx();
	struct json_object *tree;
	struct buf text = nested(cx->arena, 128, arrays);

	limits.json_depth = 1000000;
	cx->limits = &limits;
	CU_ASSERT_EQUAL(json_parse(cx, text.data, text.len, &tree), SCIM_OK);
	text = nested(cx->arena, 129, arrays);
	CU_ASSERT_EQUAL(json_parse(cx, text.data, text.len, &tree), SCIM_INVALID_SYNTAX);
	test_ctx_free(cx);
}

/* An array of n times the text, with commas. */
static struct buf repeated(struct arena *arena, int64_t n, const char *s)
{
	struct buf text;

	buf_init(&text, arena, 0);
	buf_putc(&text, '[');
	for (int64_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i ? "," : "", s);
	buf_putc(&text, ']');
	return text;
}

/* reliability A7 */
static void values_are_counted(void)
{
	static const char *const values[] = { "{}", "[]", "0", "\"\"", "null", "1.5" };
	int64_t most = test_limits.json_nodes - 1;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct ctx *cx = test_ctx();
		struct buf text = repeated(cx->arena, most, values[i]);

		CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_OK);
		text = repeated(cx->arena, most + 1, values[i]);
		CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_TOO_LARGE);
		CU_ASSERT_STRING_EQUAL(cx->detail, "JSON: more than 100000 values");
		test_ctx_free(cx);
	}
}

static void members_count_as_one_value(void)
{
	struct limits limits = test_limits;
	struct ctx *cx = test_ctx();

	cx->limits = &limits;
	limits.json_nodes = 4;
	CU_ASSERT_EQUAL(guard(cx, "{\"a\":1,\"b\":[2]}", 15), SCIM_OK);
	limits.json_nodes = 3;
	CU_ASSERT_EQUAL(guard(cx, "{\"a\":1,\"b\":[2]}", 15), SCIM_TOO_LARGE);
	test_ctx_free(cx);
}

/* An object with the keys from first to last - 1, in base 16. */
static struct buf many_keys(struct arena *arena, int first, int last)
{
	struct buf text;

	buf_init(&text, arena, 0);
	buf_putc(&text, '{');
	for (int i = first; i < last; i++)
		buf_printf(&text, "%s\"%x\":0", i > first ? "," : "", i);
	buf_putc(&text, '}');
	return text;
}

static void many_keys_take_linear_time(void)
{
	struct limits limits = test_limits;
	struct ctx *cx = test_ctx();
	struct buf text = many_keys(cx->arena, 0, 200000);
	clock_t start = clock();

	limits.json_nodes = 1000000;
	cx->limits = &limits;
	CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_OK);
	/* Some 15 ms; a comparison of all pairs would take minutes. */
	CU_ASSERT(clock() - start < CLOCKS_PER_SEC);
	test_ctx_free(cx);
}

static void a_duplicate_is_found_among_many(void)
{
	struct ctx *cx = test_ctx();
	struct buf text = many_keys(cx->arena, 0, 50000);

	for (int i = 0; i < 50000; i += 1237) {
		text.data[text.len - 1] = ',';
		size_t len = text.len;

		buf_printf(&text, "\"%X\":0}", i);
		CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_INVALID_SYNTAX);
		buf_cut(&text, len);
		ctx_clear(cx);
	}
	test_ctx_free(cx);
}

/* Objects in an array may each have the same keys; so may an object in an object. */
static void keys_are_forgotten_with_their_object(void)
{
	struct ctx *cx = test_ctx();
	struct buf keys = many_keys(cx->arena, 0, 300);
	struct buf text = repeated(cx->arena, 300, keys.data);
	size_t before = arena_size(cx->arena);

	CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_OK);
	CU_ASSERT(arena_size(cx->arena) - before < 100000);
	text = many_keys(cx->arena, 1, 300);
	buf_cut(&text, text.len - 1);
	buf_printf(&text, ",\"0\":%s", keys.data);
	buf_puts(&text, ",\"12B\":0}");
	CU_ASSERT_EQUAL(json_guard(cx, text.data, text.len), SCIM_INVALID_SYNTAX);
	CU_ASSERT_PTR_NOT_NULL(strstr(cx->detail, "duplicate key \"12B\""));
	test_ctx_free(cx);
}

static void random_bytes_are_refused(void)
{
	struct ctx *cx = test_ctx();
	unsigned char data[64];

	for (int i = 0; i < 20000; i++) {
		random_bytes(data, sizeof(data));
		CU_ASSERT_NOT_EQUAL(guard(cx, (char *)data, sizeof(data)), SCIM_OK);
		ctx_clear(cx);
	}
	test_ctx_free(cx);
}

CU_TestInfo guard_tests[] = {
	{ "JSON is RFC 8259's", json_is_rfc_8259s },
	{ "every truncation is refused", every_truncation_is_refused },
	{ "messages say what and where", messages_say_what_and_where },
	{ "depth is bounded", depth_is_bounded },
	{ "depth up to the limit is fine", depth_up_to_the_limit_is_fine },
	{ "a careless depth limit is capped", a_careless_depth_limit_is_capped },
	{ "values are counted", values_are_counted },
	{ "members count as one value", members_count_as_one_value },
	{ "many keys take linear time", many_keys_take_linear_time },
	{ "a duplicate is found among many", a_duplicate_is_found_among_many },
	{ "keys are forgotten with their object", keys_are_forgotten_with_their_object },
	{ "random bytes are refused", random_bytes_are_refused },
	CU_TEST_INFO_NULL,
};
