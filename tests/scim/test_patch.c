/* SPDX-License-Identifier: MIT */
#include "scim/patch.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"
#include "scim/quirk.h"
#include "scim/resource.h"
#include "support.h"
#include "vector.h"

static const char user[] = "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\","
			   "\"nickName\":\"n\",\"active\":true,\"emails\":["
			   "{\"value\":\"a\",\"type\":\"work\",\"primary\":true},"
			   "{\"value\":\"h\",\"type\":\"home\"}]}";

static struct json_object *parsed(struct ctx *cx, const char *text)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL(json_parse_object(cx, text, strlen(text), &tree), SCIM_OK);
	return tree;
}

static enum scim_err patched(struct ctx *cx, const struct resource_type *rt,
	struct json_object *resource, const char *message, bool *changed)
{
	struct json_object *scratch = json_root_object(cx->arena);
	struct patch patch;
	enum scim_err e = patch_parse(cx, rt, parsed(cx, message), &patch);
	json_object_object_add(scratch, "before", json_copy(resource));
	e = e ? e : patch_apply(cx, rt, &patch, resource);
	*changed = !json_same(json_get(scratch, "before"), resource);
	return e;
}

/* Besides the result: what comes out is canonical. */
static void apply(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct resource_type *rt = strstr(inputs[0], URN_GROUP) ? &group_type : &user_type;
	struct json_object *resource = parsed(cx, inputs[0]);
	struct json_object *again = NULL;
	bool changed = false;
	if (patched(cx, rt, resource, inputs[1], &changed)) {
		vector_error(got, cx);
		return;
	}
	CU_ASSERT_EQUAL(resource_from_body(cx, rt, resource, &again), SCIM_OK);
	CU_ASSERT(json_same(resource, again));
	json_print(got, resource);
}

static void messages_are_applied(void)
{
	vectors_run("patch.txt", 2, apply);
}

/* Operations that leave the user of this file as it is. */
static const char *const idle[] = {
	"{\"op\":\"add\",\"path\":\"nickName\",\"value\":\"n\"}",
	"{\"op\":\"replace\",\"path\":\"userName\",\"value\":\"b\"}",
	"{\"op\":\"replace\",\"path\":\"active\",\"value\":\"True\"}",
	"{\"op\":\"replace\",\"value\":{}}",
	"{\"op\":\"replace\",\"value\":{\"id\":\"x\",\"password\":\"p\",\"nosuch\":1}}",
	"{\"op\":\"add\",\"path\":\"emails\",\"value\":{\"value\":\"h\",\"type\":\"home\"}}",
	"{\"op\":\"replace\",\"path\":\"emails[type eq \\\"work\\\"].primary\",\"value\":true}",
	"{\"op\":\"remove\",\"path\":\"title\"}",
	"{\"op\":\"remove\",\"path\":\"emails[type eq \\\"fax\\\"]\"}",
	"{\"op\":\"add\",\"path\":\"" URN_ENTERPRISE "\",\"value\":{}}",
	"{\"op\":\"remove\",\"path\":\"" URN_ENTERPRISE ":department\"}",
	("{\"op\":\"add\",\"path\":\"title\",\"value\":\"t\"},"
	 "{\"op\":\"remove\",\"path\":\"title\"}"),
};

static void what_changes_nothing_says_so(void)
{
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
		struct ctx *cx = test_ctx();
		bool changed = true;
		CU_ASSERT_EQUAL(patched(cx, &user_type, parsed(cx, user),
					arena_printf(cx->arena, "{\"Operations\":[%s]}", idle[i]),
					&changed),
			SCIM_OK);
		CU_ASSERT_FALSE(changed);
		test_ctx_free(cx);
	}
	struct ctx *cx = test_ctx();
	bool changed = false;
	CU_ASSERT_EQUAL(patched(cx, &user_type, parsed(cx, user),
				"{\"Operations\":[{\"op\":\"replace\",\"path\":\"userName\","
				"\"value\":\"B\"}]}",
				&changed),
		SCIM_OK);
	CU_ASSERT(changed);
	test_ctx_free(cx);
}

#define MESSAGE(op) "{\"schemas\":[\"" URN_MESSAGE_PATCH "\"],\"Operations\":[{" op "}]}"

static const struct {
	const char *message;
	enum quirk quirk;
	enum scim_err strict;
} tolerated[] = {
	{ "{\"Operations\":[{\"op\":\"add\",\"path\":\"title\",\"value\":\"t\"}]}",
		QUIRK_NO_SCHEMAS, SCIM_INVALID_SYNTAX },
	{ "{\"schemas\":\"" URN_MESSAGE_PATCH "\",\"Operations\":[{\"op\":\"add\","
	  "\"path\":\"title\",\"value\":\"t\"}]}",
		QUIRK_SINGLE_VALUE, SCIM_INVALID_SYNTAX },
	{ "{\"schemas\":[\"" URN_USER "\"],\"Operations\":[{\"op\":\"add\","
	  "\"path\":\"title\",\"value\":\"t\"}]}",
		QUIRK_FOREIGN_SCHEMA, SCIM_INVALID_SYNTAX },
	{ MESSAGE("\"op\":\"replace\",\"path\":\"active\",\"value\":\"False\""),
		QUIRK_STRING_BOOLEAN, SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"id\":\"x\"}"), QUIRK_READ_ONLY_VALUE,
		SCIM_MUTABILITY },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"schemas\":[]}"), QUIRK_READ_ONLY_VALUE,
		SCIM_MUTABILITY },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"name.givenName\":\"G\"}"), QUIRK_DOTTED_KEY,
		SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"" URN_USER ":title\":\"G\"}"), QUIRK_DOTTED_KEY,
		SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"emails[type eq \\\"work\\\"].value\":\"G\"}"),
		QUIRK_DOTTED_KEY, SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"nosuch\":\"G\"}"), QUIRK_UNKNOWN_ATTRIBUTE,
		SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"division\":\"G\"}"), QUIRK_UNQUALIFIED,
		SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"add\",\"path\":\"emails[type eq \\\"fax\\\"].value\",\"value\":\"G\""),
		QUIRK_CREATE_TARGET, SCIM_NO_TARGET },
	{ MESSAGE("\"op\":\"remove\",\"path\":\"emails\",\"value\":[{\"value\":\"a\"}]"),
		QUIRK_REMOVE_VALUE, SCIM_INVALID_SYNTAX },
	{ MESSAGE("\"op\":\"add\",\"path\":\"" URN_ENTERPRISE ":manager\",\"value\":\"1\""),
		QUIRK_MANAGER, SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"add\",\"path\":\"emails\",\"value\":{\"value\":\"x\"}"),
		QUIRK_SINGLE_VALUE, SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"replace\",\"path\":\"userName\",\"value\":[\"x\"]"), QUIRK_SINGLE_VALUE,
		SCIM_INVALID_VALUE },
	{ MESSAGE("\"op\":\"Add\",\"path\":\"TITLE\",\"value\":\"t\""), QUIRK__MAX, SCIM_OK },
	{ MESSAGE("\"op\":\"replace\",\"value\":{\"" URN_ENTERPRISE "\":{\"division\":\"d\"}}"),
		QUIRK__MAX, SCIM_OK },
};

static void quirks_are_recorded_and_strict_directories_refuse(void)
{
	for (size_t i = 0; i < sizeof(tolerated) / sizeof(tolerated[0]); i++) {
		struct ctx *cx = test_ctx();
		bool changed = false;
		uint64_t bit =
			tolerated[i].quirk == QUIRK__MAX ? 0 : (uint64_t)1 << tolerated[i].quirk;
		CU_ASSERT_EQUAL(
			patched(cx, &user_type, parsed(cx, user), tolerated[i].message, &changed),
			SCIM_OK);
		CU_ASSERT_EQUAL(cx->quirks & bit, bit);
		CU_ASSERT(bit || cx->quirks == 0);
		cx->quirks = 0;
		cx->strict = true;
		CU_ASSERT_EQUAL(
			patched(cx, &user_type, parsed(cx, user), tolerated[i].message, &changed),
			tolerated[i].strict);
		CU_ASSERT_EQUAL(cx->quirks, 0);
		test_ctx_free(cx);
	}
}

static void operations_have_a_limit(void)
{
	struct ctx *cx = test_ctx();
	struct patch patch;
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	buf_puts(&buf, "{\"Operations\":[");
	for (int64_t i = 0; i < test_limits.patch_operations; i++)
		buf_puts(&buf, "{\"op\":\"remove\",\"path\":\"title\"},");
	size_t len = buf.len;
	buf_cut(&buf, len - 1);
	buf_puts(&buf, "]}");
	CU_ASSERT_EQUAL(patch_parse(cx, &user_type, parsed(cx, buf.data), &patch), SCIM_OK);
	CU_ASSERT_EQUAL(patch.count, (size_t)test_limits.patch_operations);
	buf_cut(&buf, len - 1);
	buf_puts(&buf, ",{}]}");
	CU_ASSERT_EQUAL(patch_parse(cx, &user_type, parsed(cx, buf.data), &patch), SCIM_TOO_LARGE);
	test_ctx_free(cx);
}

static void lists_do_not_outgrow_their_limit(void)
{
	struct ctx *cx = test_ctx();
	struct limits limits = test_limits;
	bool changed = false;
	const char *add = "{\"Operations\":[{\"op\":\"add\",\"path\":\"emails\","
			  "\"value\":[{\"value\":\"x\"}]}]}";
	const char *make = "{\"Operations\":[{\"op\":\"add\","
			   "\"path\":\"emails[type eq \\\"fax\\\"].value\",\"value\":\"x\"}]}";
	const char *there = "{\"Operations\":[{\"op\":\"add\",\"path\":\"emails\","
			    "\"value\":[{\"value\":\"h\",\"type\":\"home\"}]}]}";
	cx->limits = &limits;
	limits.values = 3;
	CU_ASSERT_EQUAL(patched(cx, &user_type, parsed(cx, user), add, &changed), SCIM_OK);
	limits.values = 2;
	CU_ASSERT_EQUAL(patched(cx, &user_type, parsed(cx, user), there, &changed), SCIM_OK);
	CU_ASSERT_EQUAL(
		patched(cx, &user_type, parsed(cx, user), add, &changed), SCIM_INVALID_VALUE);
	ctx_clear(cx);
	CU_ASSERT_EQUAL(
		patched(cx, &user_type, parsed(cx, user), make, &changed), SCIM_INVALID_VALUE);
	test_ctx_free(cx);
}

/* Rows that no RFC has: simple values, immutable attributes, and values with some in them. */
static const struct attr seat_subs[] = {
	{ .name = "value", .mutability = M_IMMUTABLE },
	{ .name = "type", .mutability = M_IMMUTABLE },
	{ .name = "display", .mutability = M_READ_ONLY },
	{ 0 },
};
static const struct attr rows[] = {
	{ .name = "seats", .type = T_COMPLEX, .multi = true, .subs = seat_subs },
	{ .name = "tags", .multi = true },
	{ .name = "ports", .type = T_INTEGER, .multi = true },
	{ .name = "once", .mutability = M_IMMUTABLE },
	{ .name = "stamps", .multi = true, .mutability = M_IMMUTABLE },
	{ 0 },
};
static const struct schema odd_schema = { .urn = "urn:x", .attrs = rows };
static const struct schema *const extensions[] = { &odd_schema, NULL };
static const struct resource_type odd_type = {
	.name = "User", .endpoint = "/Users", .core = &user_schema, .extensions = extensions
};

static const struct {
	const char *before;
	const char *op;
	const char *after; /* NULL: mutability */
} simple[] = {
	{ "{\"tags\":[\"a\"]}", "\"add\",\"path\":\"urn:x:tags\",\"value\":[\"a\",\"b\"]",
		"{\"tags\":[\"a\",\"b\"]}" },
	{ "{\"tags\":[\"a\",\"b\"]}", "\"remove\",\"path\":\"urn:x:tags\",\"value\":\"A\"",
		"{\"tags\":[\"b\"]}" },
	{ "{\"tags\":[\"a\",\"b\"]}",
		"\"replace\",\"path\":\"urn:x:tags[value eq \\\"a\\\"]\",\"value\":\"c\"",
		"{\"tags\":[\"c\",\"b\"]}" },
	{ "{\"tags\":[\"a\",\"b\"]}",
		"\"replace\",\"path\":\"urn:x:tags[value eq \\\"a\\\"]\",\"value\":\"b\"",
		"{\"tags\":[\"b\"]}" },
	{ "{\"tags\":[\"a\",\"b\"]}",
		"\"replace\",\"path\":\"urn:x:tags[value eq \\\"a\\\"]\",\"value\":[null]",
		"{\"tags\":[\"b\"]}" },
	{ "{\"tags\":[\"a\",\"b\"]}", "\"remove\",\"path\":\"urn:x:tags[value eq \\\"A\\\"]\"",
		"{\"tags\":[\"b\"]}" },
	{ "{\"ports\":[1,2]}", "\"remove\",\"path\":\"urn:x:ports\",\"value\":[2]",
		"{\"ports\":[1]}" },
	{ "{\"ports\":[1]}", "\"add\",\"path\":\"urn:x:once\",\"value\":\"o\"",
		"{\"ports\":[1],\"once\":\"o\"}" },
	{ "{\"once\":\"o\"}", "\"replace\",\"path\":\"urn:x:once\",\"value\":\"o\"",
		"{\"once\":\"o\"}" },
	{ "{\"once\":\"o\"}", "\"replace\",\"path\":\"urn:x:once\",\"value\":\"p\"", NULL },
	{ "{\"once\":\"o\"}", "\"replace\",\"value\":{\"urn:x\":{\"once\":\"p\"}}", NULL },
	{ "{\"once\":\"o\"}", "\"remove\",\"path\":\"urn:x:once\"", NULL },
	{ "{\"tags\":[\"a\"]}", "\"remove\",\"path\":\"urn:x:once\"", "{\"tags\":[\"a\"]}" },
	{ "{\"tags\":[\"a\"]}", "\"add\",\"path\":\"urn:x:stamps\",\"value\":[\"s\"]",
		"{\"tags\":[\"a\"],\"stamps\":[\"s\"]}" },
	{ "{\"stamps\":[\"s\"]}", "\"add\",\"path\":\"urn:x:stamps\",\"value\":[\"s\"]",
		"{\"stamps\":[\"s\"]}" },
	{ "{\"stamps\":[\"s\"]}", "\"add\",\"path\":\"urn:x:stamps\",\"value\":[\"t\"]", NULL },
	{ "{\"stamps\":[\"s\"]}", "\"remove\",\"path\":\"urn:x:stamps\"", NULL },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"replace\",\"path\":\"urn:x:seats[value eq \\\"1\\\"].value\",\"value\":\"2\"",
		NULL },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"remove\",\"path\":\"urn:x:seats[value eq \\\"1\\\"].value\"", NULL },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"replace\",\"path\":\"urn:x:seats[value eq \\\"1\\\"]\","
		"\"value\":{\"value\":\"2\"}",
		NULL },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"replace\",\"path\":\"urn:x:seats.value\",\"value\":\"2\"", NULL },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"replace\",\"path\":\"urn:x:seats[value eq \\\"1\\\"].display\",\"value\":\"x\"",
		NULL },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"replace\",\"path\":\"urn:x:seats[value eq \\\"1\\\"].value\",\"value\":\"1\"",
		"{\"seats\":[{\"value\":\"1\"}]}" },
	{ "{\"seats\":[{\"value\":\"1\"}]}",
		"\"add\",\"path\":\"urn:x:seats[value eq \\\"1\\\"].type\",\"value\":\"t\"",
		"{\"seats\":[{\"value\":\"1\",\"type\":\"t\"}]}" },
};

static void simple_values_and_immutable_attributes(void)
{
	for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
		struct ctx *cx = test_ctx();
		bool changed = false;
		struct json_object *resource =
			parsed(cx, arena_printf(cx->arena, "{\"userName\":\"b\",\"urn:x\":%s}",
					   simple[i].before));
		enum scim_err e = patched(cx, &odd_type, resource,
			arena_printf(cx->arena, "{\"Operations\":[{\"op\":%s}]}", simple[i].op),
			&changed);
		CU_ASSERT_EQUAL(e, simple[i].after ? SCIM_OK : SCIM_MUTABILITY);
		if (!e && simple[i].after)
			CU_ASSERT(json_same(
				json_get(resource, "urn:x"), parsed(cx, simple[i].after)));
		test_ctx_free(cx);
	}
}

CU_TestInfo patch_tests[] = {
	{ "messages are applied, and results are canonical", messages_are_applied },
	{ "what changes nothing says so", what_changes_nothing_says_so },
	{ "quirks are recorded, and strict directories refuse them",
		quirks_are_recorded_and_strict_directories_refuse },
	{ "operations have a limit", operations_have_a_limit },
	{ "lists do not outgrow their limit", lists_do_not_outgrow_their_limit },
	{ "simple values and immutable attributes", simple_values_and_immutable_attributes },
	CU_TEST_INFO_NULL,
};
