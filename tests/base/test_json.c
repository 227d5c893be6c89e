/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/text.h"
#include "support.h"

static struct json_object *parse(struct ctx *cx, const char *text)
{
	struct json_object *tree = NULL;

	CU_ASSERT_EQUAL_FATAL(json_parse(cx, text, strlen(text), &tree), SCIM_OK);
	return tree;
}

static const char *print(struct ctx *cx, struct json_object *tree)
{
	struct buf text;

	buf_init(&text, cx->arena, 0);
	json_print(&text, tree);
	return text.data;
}

/* Texts that come back as they are. */
static const char *const texts[] = {
	"null",
	"true",
	"0",
	"-1",
	"9223372036854775807",
	"-9223372036854775808",
	"1.50",
	"1e2",
	"1.0E+2",
	"-0.0",
	"0.10000000000000000000000001",
	"\"\"",
	"\"a/b\\\\\\\"\\n\\u0001\xc3\xa9\xf0\x9f\x98\x80\"",
	"[]",
	"{}",
	"[null,true,false,[],{}]",
	"{\"a\":null,\"\":{\"b\":[1,2.0]},\"c/d\":\"x\"}",
};

static void what_was_sent_is_printed(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ctx *cx = test_ctx();

		CU_ASSERT_STRING_EQUAL(print(cx, parse(cx, texts[i])), texts[i]);
		test_ctx_free(cx);
	}
}

static void a_copy_prints_alike_and_stands_alone(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ctx *cx = test_ctx();
		struct ctx *other = test_ctx();
		struct json_object *root = json_root_object(other->arena);

		json_object_object_add(root, "copy", json_copy(parse(cx, texts[i])));
		test_ctx_free(cx);
		CU_ASSERT_STRING_EQUAL(print(other, json_get(root, "copy")), texts[i]);
		test_ctx_free(other);
	}
}

static void escapes_are_decoded(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *tree = parse(cx, " {\"\\u0061\":\"\\ud83d\\ude00\\/\"} ");

	CU_ASSERT_STRING_EQUAL(json_get_string(tree, "a"), "\xf0\x9f\x98\x80/");
	test_ctx_free(cx);
}

static void only_the_given_bytes_are_parsed(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *tree = NULL;

	CU_ASSERT_EQUAL(json_parse(cx, "12345", 2, &tree), SCIM_OK);
	CU_ASSERT_EQUAL(json_object_get_int64(tree), 12);
	CU_ASSERT_EQUAL(json_parse(cx, "[1]x", 3, &tree), SCIM_OK);
	CU_ASSERT_EQUAL(json_parse(cx, "nullx", 4, &tree), SCIM_OK);
	CU_ASSERT_PTR_NULL(tree);
	test_ctx_free(cx);
}

static void a_failure_leaves_the_tree_alone(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *root = json_root_object(cx->arena);
	struct json_object *tree = root;

	CU_ASSERT_EQUAL(json_parse(cx, "{", 1, &tree), SCIM_INVALID_SYNTAX);
	CU_ASSERT_PTR_EQUAL(tree, root);
	test_ctx_free(cx);
}

static void an_object_can_be_demanded(void)
{
	static const char *const others[] = { "null", "[]", "1", "\"{}\"", "true", "" };
	struct ctx *cx = test_ctx();
	struct json_object *tree = NULL;

	CU_ASSERT_EQUAL(json_parse_object(cx, "{}", 2, &tree), SCIM_OK);
	CU_ASSERT(json_object_is_type(tree, json_type_object));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		CU_ASSERT_EQUAL(json_parse_object(cx, others[i], strlen(others[i]), &tree),
			SCIM_INVALID_SYNTAX);
		ctx_clear(cx);
	}
	test_ctx_free(cx);
}

static void members_are_looked_up(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *tree = parse(cx, "{\"a\":\"x\",\"b\":1,\"c\":null}");
	bool found;

	CU_ASSERT_STRING_EQUAL(json_get_string(tree, "a"), "x");
	CU_ASSERT_PTR_NULL(json_get_string(tree, "b"));
	CU_ASSERT_PTR_NULL(json_get_string(tree, "d"));
	CU_ASSERT_PTR_NULL(json_get(tree, "A"));
	CU_ASSERT_PTR_NULL(json_get(tree, "c"));
	CU_ASSERT_PTR_NULL(json_get(NULL, "a"));
	CU_ASSERT_PTR_NULL(json_get(json_get(tree, "a"), "a"));
	CU_ASSERT_PTR_NOT_NULL(json_iget(tree, "A", &found));
	CU_ASSERT(found);
	CU_ASSERT_PTR_NULL(json_iget(tree, "C", &found));
	CU_ASSERT(found);
	CU_ASSERT_PTR_NULL(json_iget(tree, "d", &found));
	CU_ASSERT(!found);
	CU_ASSERT_PTR_NULL(json_iget(json_get(tree, "b"), "d", &found));
	CU_ASSERT(!found);
	test_ctx_free(cx);
}

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "null", "null", true },
	{ "true", "true", true },
	{ "true", "false", false },
	{ "null", "false", false },
	{ "1", "1", true },
	{ "1", "2", false },
	{ "1", "\"1\"", false },
	{ "1", "true", false },
	{ "1", "1.0", true },
	{ "100", "1e2", true },
	{ "1.5", "1.50", true },
	{ "1.5", "1.6", false },
	{ "9223372036854775807", "9223372036854775806", false },
	{ "\"a\"", "\"\\u0061\"", true },
	{ "\"a\"", "\"A\"", false },
	{ "\"a\"", "\"ab\"", false },
	{ "[]", "{}", false },
	{ "[1,2]", "[1,2]", true },
	{ "[1,2]", "[2,1]", false },
	{ "[1]", "[1,1]", false },
	{ "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true },
	{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
	{ "{\"a\":1}", "{\"A\":1}", false },
	{ "{\"a\":null}", "{\"b\":null}", false },
	{ "{\"a\":null}", "{}", false },
	{ "{\"a\":[{\"b\":null}]}", "{\"a\":[{\"b\":null}]}", true },
	{ "{\"a\":[{\"b\":null}]}", "{\"a\":[{\"b\":0}]}", false },
};

static void sameness_is_of_values(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct ctx *cx = test_ctx();
		struct json_object *a = parse(cx, pairs[i].a);
		struct json_object *b = parse(cx, pairs[i].b);

		CU_ASSERT_EQUAL(json_same(a, b), pairs[i].same);
		CU_ASSERT_EQUAL(json_same(b, a), pairs[i].same);
		CU_ASSERT(json_same(a, a) && json_same(b, b));
		test_ctx_free(cx);
	}
}

static void stored_text_needs_no_context(void)
{
	struct arena *arena = arena_new();

	for (int i = 0; i < 1000; i++) {
		struct json_object *tree = json_parse_stored(arena, "{\"a\": 1}x", 8);

		CU_ASSERT_EQUAL(json_object_get_int64(json_get(tree, "a")), 1);
	}
	/* The parser is not kept with the tree. */
	CU_ASSERT(arena_size(arena) < 1000000);
	arena_free(arena);
}

CU_TestInfo json_tests[] = {
	{ "what was sent is printed", what_was_sent_is_printed },
	{ "a copy prints alike and stands alone", a_copy_prints_alike_and_stands_alone },
	{ "escapes are decoded", escapes_are_decoded },
	{ "only the given bytes are parsed", only_the_given_bytes_are_parsed },
	{ "a failure leaves the tree alone", a_failure_leaves_the_tree_alone },
	{ "an object can be demanded", an_object_can_be_demanded },
	{ "members are looked up", members_are_looked_up },
	{ "sameness is of values", sameness_is_of_values },
	{ "stored text needs no context", stored_text_needs_no_context },
	CU_TEST_INFO_NULL,
};
