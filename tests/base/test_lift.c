/* SPDX-License-Identifier: MIT */
#include "base/lift.h"

#include <dirent.h>

#include "base/json.h"
#include "base/text.h"
#include "support.h"
#include "vector.h"

/* A copy of exactly len bytes, so that a sanitizer sees the byte read too far. */
static const char *exact(struct ctx *cx, const char *text, size_t len)
{
	char *copy = arena_alloc(cx->arena, len);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

static const char *const *places_of(struct ctx *cx, char *list)
{
	const char **places = arena_alloc(cx->arena, (LIFT_PLACES + 1) * sizeof(*places));

	for (size_t i = 0; list && i < LIFT_PLACES; i++)
		places[i] = strsep(&list, ",");
	return places;
}

static void lift_vector(struct ctx *cx, char **inputs, struct buf *got)
{
	size_t len = strlen(inputs[1]);
	struct lifted lifted;

	lift(cx->arena, exact(cx, inputs[1], len), len, places_of(cx, inputs[0]), &lifted);
	CU_ASSERT_STRING_EQUAL(lifted.text, inputs[2]);
	CU_ASSERT_EQUAL(lifted.len, strlen(inputs[2]));
	buf_putc(got, '[');
	for (size_t i = 0; i < lifted.count; i++) {
		buf_puts(got, i ? "," : "");
		buf_put(got, lifted.slices[i].text, lifted.slices[i].len);
	}
	buf_putc(got, ']');
}

static void arrays_at_places_are_lifted(void)
{
	vectors_run("lift.txt", 3, lift_vector);
}

/* Put the lists back where each placeholder stands, in what lift wrote: it wrote them in order. */
static const char *put_back(struct ctx *cx, const struct lifted *lifted, const char *text)
{
	struct buf out;
	const char *from = lifted->text, *original = text;

	buf_init(&out, cx->arena, 0);
	for (size_t i = 0; i < lifted->count; i++) {
		size_t between = (size_t)(lifted->slices[i].text - original);

		buf_put(&out, from, between);
		buf_put(&out, lifted->slices[i].text, lifted->slices[i].len);
		from += between + strlen(arena_printf(cx->arena, "[%zu]", i));
		original = lifted->slices[i].text + lifted->slices[i].len;
	}
	buf_puts(&out, from);
	return out.data;
}

static const char *const deep[] = { "* members", "a", "* *", "members", "Operations * value",
	"* * b", NULL };

/* Any text that the guard lets pass. */
static void lift_and_put_back(struct ctx *cx, const char *given, size_t len)
{
	const char *text = exact(cx, given, len);
	struct lifted lifted;

	if (json_guard(cx, text, len))
		return;
	lift(cx->arena, text, len, deep, &lifted);
	CU_ASSERT_EQUAL(json_guard(cx, lifted.text, lifted.len), SCIM_OK);
	CU_ASSERT_STRING_EQUAL(put_back(cx, &lifted, text), given);
}

static void lift_json_vector(struct ctx *cx, char **inputs, struct buf *got)
{
	buf_puts(got, inputs[1]);
	lift_and_put_back(cx, inputs[0], strlen(inputs[0]));
}

/* Of the vectors of the guard, and of what its fuzzer starts from. */
static void lifted_text_can_be_put_back(void)
{
	struct arena *arena = arena_new();
	DIR *folder = opendir(test_path(arena, "fuzz/corpus/json"));
	struct dirent *entry;

	vectors_run("json.txt", 1, lift_json_vector);
	CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
	while ((entry = readdir(folder))) {
		struct ctx *cx = test_ctx();
		const char *file = arena_printf(arena, "fuzz/corpus/json/%s", entry->d_name);
		size_t len = 0;
		const char *text = test_read(cx->arena, test_path(arena, file), &len);

		if (text)
			lift_and_put_back(cx, text, len);
		test_ctx_free(cx);
	}
	closedir(folder);
	arena_free(arena);
}

static enum scim_err parse(struct ctx *cx, const char *text, int64_t nodes, struct lifted *lifted)
{
	static const char *const places[] = { "members", NULL };
	struct json_slice slice = { text, strlen(text) };

	return json_parse_lifted(cx, &slice, nodes, places, lifted);
}

static void the_rest_is_parsed_and_lists_come_back(void)
{
	struct ctx *cx = test_ctx();
	struct lifted lifted;
	struct json_object *list = NULL;

	CU_ASSERT_EQUAL_FATAL(
		parse(cx, "{\"a\":[5],\"members\":[{\"value\":1},2]}", 100, &lifted), SCIM_OK);
	list = json_get(lifted.tree, "members");
	CU_ASSERT_EQUAL(lifted.nodes, 5);
	CU_ASSERT_EQUAL(lifted_slice(&lifted, list).len, strlen("[{\"value\":1},2]"));
	CU_ASSERT_EQUAL(lifted_restore(cx, &lifted, list, &list), SCIM_OK);
	CU_ASSERT_EQUAL(json_object_array_length(list), 2);
	CU_ASSERT_EQUAL(lifted.nodes, 7);
	CU_ASSERT_EQUAL(parse(cx, "[]", 100, &lifted), SCIM_INVALID_SYNTAX);
	ctx_clear(cx);
	CU_ASSERT_EQUAL(parse(cx, "{", 100, &lifted), SCIM_INVALID_SYNTAX);
	test_ctx_free(cx);
}

static void each_limit_holds_for_its_part(void)
{
	struct ctx *cx = test_ctx();
	struct limits limits = test_limits;
	struct lifted lifted;
	struct json_object *list = NULL;

	limits.json_nodes = 4;
	cx->limits = &limits;
	CU_ASSERT_EQUAL(parse(cx, "{\"members\":[1,2,3,4,5]}", 7, &lifted), SCIM_OK);
	CU_ASSERT_EQUAL(parse(cx, "{\"members\":[1,2,3,4,5]}", 6, &lifted), SCIM_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "JSON: more than 6 values");
	ctx_clear(cx);
	CU_ASSERT_EQUAL(parse(cx, "{\"other\":[1,2,3,4,5]}", 100, &lifted), SCIM_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "JSON: more than 4 values");
	ctx_clear(cx);
	/* what is restored counts with what was there */
	CU_ASSERT_EQUAL(parse(cx, "{\"members\":[1,2,3]}", 7, &lifted), SCIM_OK);
	CU_ASSERT_EQUAL(lifted_restore(cx, &lifted, json_get(lifted.tree, "members"), &list),
		SCIM_TOO_LARGE);
	test_ctx_free(cx);
}

/* Refused while guarding: a list of a million costs no memory. */
static void a_million_elements_are_refused_early(void)
{
	struct ctx *cx = test_ctx();
	struct lifted lifted;
	struct buf text;
	size_t before;

	buf_init(&text, cx->arena, 14000000);
	buf_puts(&text, "{\"members\":[");
	for (int i = 0; i < 1000000; i++)
		buf_puts(&text, "{\"value\":\"x\"},");
	buf_cut(&text, text.len - 1);
	buf_puts(&text, "]}");
	before = arena_size(cx->arena);
	CU_ASSERT_EQUAL(parse(cx, text.data, 1000000, &lifted), SCIM_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "JSON: more than 1000000 values");
	CU_ASSERT(arena_size(cx->arena) - before < (size_t)1 << 20);
	ctx_clear(cx);
	CU_ASSERT_EQUAL(parse(cx, text.data, 3000000, &lifted), SCIM_OK);
	CU_ASSERT_EQUAL(lifted.nodes, 3);
	CU_ASSERT_EQUAL(lifted.slices[0].len, text.len - strlen("{\"members\":}"));
	CU_ASSERT(arena_size(cx->arena) - before < (size_t)1 << 20);
	test_ctx_free(cx);
}

/* As nested as the guard allows, all of it skipped or all of it walked. */
static void the_deepest_text_is_lifted(void)
{
	struct ctx *cx = test_ctx();
	struct lifted lifted;
	struct buf text;

	buf_init(&text, cx->arena, 0);
	buf_puts(&text, "{\"members\":");
	for (int i = 1; i < test_limits.json_depth; i++)
		buf_putc(&text, '[');
	for (int i = 1; i < test_limits.json_depth; i++)
		buf_putc(&text, ']');
	buf_putc(&text, '}');
	CU_ASSERT_EQUAL(parse(cx, text.data, 100, &lifted), SCIM_OK);
	CU_ASSERT_STRING_EQUAL(lifted.text, "{\"members\":[0]}");
	test_ctx_free(cx);
}

static const struct {
	const char *string, *name;
	bool same;
} names[] = {
	{ "\"members\"", "members", true },
	{ "\"MEMBERS\"", "members", true },
	{ "\"\\u006d\\u0045mbers\"", "members", true },
	{ "\"member\"", "members", false },
	{ "\"membersx\"", "members", false },
	{ "\"\"", "members", false },
	{ "\"\"", "", true },
	{ "\"\xe2\x84\xaa\"", "k", false },
	{ "\"\\u212a\"", "k", false },
	{ "\"$REF\"", "$ref", true },
	{ "\"a\\/b\"", "a/b", true },
};

static void names_are_compared(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct json_slice slice = { names[i].string, strlen(names[i].string) };

		CU_ASSERT_EQUAL(
			slice_is(slice, names[i].name, strlen(names[i].name)), names[i].same);
	}
}

static void strings_are_decoded_as_the_parser_does(void)
{
	static const char text[] =
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t \\u00e9\\u20ac\\ud83d\\ude00\\u0001\\u007f\\u0080"
		"\\u07ff\\u0800\\uffff\\udbff\\udfff plain \xc3\xa9\"";
	struct ctx *cx = test_ctx();
	struct json_object *tree = NULL;
	struct json_slice slice = { text, strlen(text) };
	struct buf out;

	CU_ASSERT_EQUAL_FATAL(json_parse(cx, text, strlen(text), &tree), SCIM_OK);
	buf_init(&out, cx->arena, 0);
	slice_decode(slice, &out);
	CU_ASSERT_STRING_EQUAL(out.data, json_object_get_string(tree));
	test_ctx_free(cx);
}

CU_TestInfo lift_tests[] = {
	{ "arrays at places are lifted", arrays_at_places_are_lifted },
	{ "lifted text can be put back", lifted_text_can_be_put_back },
	{ "the rest is parsed, and lists come back", the_rest_is_parsed_and_lists_come_back },
	{ "each limit holds for its part", each_limit_holds_for_its_part },
	{ "a million elements are refused early", a_million_elements_are_refused_early },
	{ "the deepest text is lifted", the_deepest_text_is_lifted },
	{ "names are compared", names_are_compared },
	{ "strings are decoded as the parser does", strings_are_decoded_as_the_parser_does },
	CU_TEST_INFO_NULL,
};
