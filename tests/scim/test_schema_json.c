/* SPDX-License-Identifier: MIT */
/* Custom schemas: JSON to rows and back, and the set of a directory. */
#include "scim/schema_json.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"
#include "scim/schema_set.h"
#include "support.h"
#include "vector.h"

static struct json_object *parsed(struct ctx *cx, const char *text)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL(json_parse(cx, text, strlen(text), &tree), SCIM_OK);
	return tree;
}

static const struct schema *schema_of(struct ctx *cx, const char *text)
{
	const struct schema *schema = NULL;
	CU_ASSERT_EQUAL_FATAL(schema_parse(cx, parsed(cx, text), &schema), SCIM_OK);
	return schema;
}

/* What is printed is read back, as new and as stored, and prints the same. */
static void check_round(struct ctx *cx, const struct buf *text)
{
	const struct schema *again = NULL;
	const struct schema *stored = NULL;
	struct json_object *tree = parsed(cx, text->data);
	struct buf buf;
	CU_ASSERT_EQUAL_FATAL(schema_parse(cx, tree, &again), SCIM_OK);
	CU_ASSERT_EQUAL_FATAL(schema_read_stored(cx, tree, &stored), SCIM_OK);
	buf_init(&buf, cx->arena, 0);
	schema_print(&buf, again);
	CU_ASSERT_STRING_EQUAL(buf.data, text->data);
	buf_cut(&buf, 0);
	schema_print(&buf, stored);
	CU_ASSERT_STRING_EQUAL(buf.data, text->data);
}

static void parse(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct schema *schema = NULL;
	if (schema_parse(cx, parsed(cx, inputs[0]), &schema)) {
		vector_error(got, cx);
		buf_printf(got, ": %s", cx->detail);
		return;
	}
	schema_print(got, schema);
	check_round(cx, got);
}

static void vectors_hold(void)
{
	vectors_run("schema_json.txt", 1, parse);
}

static enum scim_err parse_urn(const char *urn)
{
	struct ctx *cx = test_ctx();
	const struct schema *schema = NULL;
	enum scim_err e = schema_parse(cx,
		parsed(cx, arena_printf(cx->arena,
				   "{\"id\":\"%s\",\"attributes\":[{\"name\":\"x\"}]}", urn)),
		&schema);
	test_ctx_free(cx);
	return e;
}

static void urns_are_what_a_filter_can_name(void)
{
	static const char *const good[] = { "urn:example:ext:1.0:User", "URN:a1:b",
		"urn:x-y:A.b_c-d", "urn:okta:app_1:1.0:user:custom", "urn:ietf:params:x:y",
		"urn:ietf:params:scim:schemas:extension:acme:2.0:User" };
	static const char *const bad[] = { "", "x", "urn", "urn:", "urn:ab", "urn:ab:", "urn::x",
		"urn:a:x", "urn:-a:x", "urn:a-:x", "urn:ab::x", "urn:ab:x:", "urn:ab:x y",
		"urn:ab:x'y", "urn:ab:x\\\"y", "urn:ab:x\\\\y", "urn:ab:x/y", "urn:ab:x,y",
		"urn:ab:x[y", "urn:ab:x%20", "urn:ab:\xc3\xa9", "urn:a_b:x", " urn:ab:x",
		"http://example.com/x", "urn:abcdefghijklmnopqrstuvwxyz0123456:x" };
	struct buf buf;
	struct ctx *cx = test_ctx();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_EQUAL(parse_urn(good[i]), SCIM_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(parse_urn(bad[i]), SCIM_INVALID_VALUE);
	buf_init(&buf, cx->arena, 0);
	buf_puts(&buf, "urn:ab:");
	while (buf.len < SCHEMA_URN_BYTES)
		buf_putc(&buf, 'x');
	CU_ASSERT_EQUAL(parse_urn(buf.data), SCIM_OK);
	buf_putc(&buf, 'x');
	CU_ASSERT_EQUAL(parse_urn(buf.data), SCIM_INVALID_VALUE);
	test_ctx_free(cx);
}

/* A schema of n attributes, or of one with n sub-attributes, each with such a description. */
static enum scim_err parse_many(size_t n, bool subs, size_t description)
{
	struct ctx *cx = test_ctx();
	const struct schema *schema = NULL;
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	buf_puts(&buf, "{\"id\":\"urn:ab:x\",\"attributes\":[");
	if (subs)
		buf_puts(&buf, "{\"name\":\"x\",\"type\":\"complex\",\"subAttributes\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(&buf, "%s{\"name\":\"a%zu\",\"description\":\"%0*d\"}", i ? "," : "", i,
			(int)description, 0);
	buf_puts(&buf, subs ? "]}]}" : "]}");
	enum scim_err e = schema_parse(cx, parsed(cx, buf.data), &schema);
	test_ctx_free(cx);
	return e;
}

static void sizes_are_limited(void)
{
	CU_ASSERT_EQUAL(parse_many(SCHEMA_ATTRS_MAX, false, 1), SCIM_OK);
	CU_ASSERT_EQUAL(parse_many(SCHEMA_ATTRS_MAX + 1, false, 1), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(parse_many(SCHEMA_SUBS_MAX, true, 1), SCIM_OK);
	CU_ASSERT_EQUAL(parse_many(SCHEMA_SUBS_MAX + 1, true, 1), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(parse_many(1, false, SCHEMA_TEXT_BYTES - 400), SCIM_OK);
	CU_ASSERT_EQUAL(parse_many(1, false, SCHEMA_TEXT_BYTES), SCIM_INVALID_VALUE);
}

#define ONE(name, more) "{\"id\":\"urn:ab:x\",\"attributes\":[{\"name\":\"" name "\"" more "}]}"
#define SUBS(subs) ONE("a", ",\"type\":\"complex\",\"subAttributes\":[" subs "]")

static const struct change_row {
	const char *before;
	const char *after;
	const char *why; /* NULL: compatible */
} change_rows[] = {
	{ ONE("a", ""), ONE("a", ""), NULL },
	{ ONE("a", ""), ONE("a", ",\"description\":\"d\",\"canonicalValues\":[\"v\"]"), NULL },
	{ ONE("a", ",\"required\":true"), ONE("a", ""), NULL },
	{ ONE("a", ""), ONE("a", "},{\"name\":\"b\""), NULL },
	{ ONE("a", "},{\"name\":\"b\""), ONE("b", "},{\"name\":\"a\""), NULL },
	{ ONE("a", ""), ONE("b", ""), "'a' is gone" },
	{ ONE("a", ""), ONE("A", ""), "'a' is spelled otherwise" },
	{ ONE("a", ""), ONE("a", ",\"type\":\"integer\""), "'a' has another type" },
	{ ONE("a", ""), ONE("a", ",\"multiValued\":true"), "'a' has another type" },
	{ ONE("a", ""), ONE("a", ",\"caseExact\":true"), "'a' has another caseExact" },
	{ ONE("a", ""), ONE("a", ",\"mutability\":\"immutable\""),
		"'a' has another mutability or returned" },
	{ ONE("a", ""), ONE("a", ",\"returned\":\"request\""),
		"'a' has another mutability or returned" },
	{ ONE("a", ""), ONE("a", ",\"required\":true"), "'a' is required now" },
	{ ONE("a", ""), ONE("a", "},{\"name\":\"b\",\"required\":true"),
		"'b' is new and required" },
	{ SUBS("{\"name\":\"s\"}"), SUBS("{\"name\":\"s\"},{\"name\":\"t\"}"), NULL },
	{ SUBS("{\"name\":\"s\"}"), SUBS("{\"name\":\"t\"}"), "'s' is gone" },
	{ SUBS("{\"name\":\"s\"}"), SUBS("{\"name\":\"s\"},{\"name\":\"t\",\"required\":true}"),
		"'t' is new and required" },
};

static void schemas_in_use_may_only_grow(void)
{
	for (size_t i = 0; i < sizeof(change_rows) / sizeof(change_rows[0]); i++) {
		const struct change_row *row = &change_rows[i];
		struct ctx *cx = test_ctx();
		const char *why = "";
		bool compatible = schema_is_compatible(
			cx->arena, schema_of(cx, row->before), schema_of(cx, row->after), &why);
		CU_ASSERT_EQUAL(compatible, row->why == NULL);
		if (row->why)
			CU_ASSERT_STRING_EQUAL(why, row->why);
		test_ctx_free(cx);
	}
}

static struct custom custom_of(struct ctx *cx, const char *urn, const char *attrs)
{
	return (struct custom){ .type = KIND_USER,
		.schema =
			schema_of(cx, arena_printf(cx->arena, "{\"id\":\"%s\",\"attributes\":[%s]}",
					      urn, attrs)) };
}

/* The error of adding a schema of this URN and attributes; forgotten again. */
static enum scim_err put(struct ctx *cx, struct schema_set *set, const char *urn, const char *attrs)
{
	struct custom custom = custom_of(cx, urn, attrs);
	enum scim_err e = schema_set_put(cx, set, NULL, &custom);
	ctx_clear(cx);
	return e;
}

#define X "{\"name\":\"x\"}"
#define SUB_Y "{\"name\":\"x\",\"type\":\"complex\",\"subAttributes\":[{\"name\":\"y\"}]}"

static void sets_take_each_urn_once(void)
{
	struct ctx *cx = test_ctx();
	struct schema_set set = { .count = 0 };
	struct custom custom = custom_of(cx, "urn:ab:one", X);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one", X), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "URN:AB:ONE", X), SCIM_UNIQUENESS);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:two", X), SCIM_OK);
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, &set.items[0], &custom), SCIM_OK);
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, &set.items[1], &custom), SCIM_UNIQUENESS);
	ctx_clear(cx);
	for (int i = 0; i < SCHEMAS_MAX - 2; i++)
		CU_ASSERT_EQUAL(
			put(cx, &set, arena_printf(cx->arena, "urn:ab:n%d", i), X), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:more", X), SCIM_INVALID_VALUE);
	CU_ASSERT_PTR_EQUAL(schema_set_find(&set, "urn:AB:two"), &set.items[1]);
	schema_set_remove(&set, &set.items[0]);
	CU_ASSERT_EQUAL(set.count, SCHEMAS_MAX - 1);
	CU_ASSERT_PTR_EQUAL(schema_set_find(&set, "urn:ab:two"), &set.items[0]);
	CU_ASSERT_PTR_NULL(schema_set_find(&set, "urn:ab:one"));
	while (set.count)
		schema_set_remove(&set, &set.items[set.count - 1]);
	CU_ASSERT_PTR_NULL(schema_set_text(cx->arena, &set));
	test_ctx_free(cx);
}

/* A URN that is an attribute's path could be either; one that is merely longer could not. */
static void urns_are_no_attributes(void)
{
	struct ctx *cx = test_ctx();
	struct schema_set set = { .count = 0 };
	CU_ASSERT_EQUAL(put(cx, &set, URN_ENTERPRISE ":manager", X), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(put(cx, &set, URN_ENTERPRISE ":manager.value", X), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(put(cx, &set, URN_ENTERPRISE ":manager.size", X), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one", SUB_Y), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:ONE:X", X), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one:x.y", X), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one:x.z", X), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one:x:y", X), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one.x", X), SCIM_OK);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:onex", X), SCIM_OK);
	test_ctx_free(cx);
}

static void required_schemas_have_something_to_keep(void)
{
	struct ctx *cx = test_ctx();
	struct schema_set set = { .count = 0 };
	struct custom custom =
		custom_of(cx, "urn:ab:one", "{\"name\":\"x\",\"mutability\":\"readOnly\"}");
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, NULL, &custom), SCIM_OK);
	custom.required = true;
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, &set.items[0], &custom), SCIM_INVALID_VALUE);
	test_ctx_free(cx);
}

static void sets_are_one_text(void)
{
	struct ctx *cx = test_ctx();
	struct schema_set set = { .count = 0 };
	struct schema_set again;
	struct custom custom = custom_of(cx, "urn:ab:two", SUB_Y);
	custom.type = KIND_GROUP;
	custom.required = true;
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one", X), SCIM_OK);
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, NULL, &custom), SCIM_OK);
	const char *text = schema_set_text(cx->arena, &set);
	CU_ASSERT_EQUAL_FATAL(schema_set_read(cx, text, strlen(text), &again), SCIM_OK);
	CU_ASSERT_EQUAL(again.count, 2);
	CU_ASSERT_EQUAL(again.items[0].type, KIND_USER);
	CU_ASSERT_FALSE(again.items[0].required);
	CU_ASSERT_EQUAL(again.items[1].type, KIND_GROUP);
	CU_ASSERT_TRUE(again.items[1].required);
	CU_ASSERT_STRING_EQUAL(schema_set_text(cx->arena, &again), text);
	CU_ASSERT_EQUAL(schema_set_read(cx, NULL, 0, &again), SCIM_OK);
	CU_ASSERT_EQUAL(again.count, 0);
	test_ctx_free(cx);
}

static void foreign_text_is_a_bug(void)
{
	static const char *const texts[] = { "{}", "[7]", "[{}]", "[{\"resourceType\":\"Role\"}]",
		"[{\"resourceType\":\"User\",\"schema\":{\"id\":\"urn:ab:x\"}}]",
		"[{},{},{},{},{},{},{},{},{}]" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ctx *cx = test_ctx();
		struct schema_set set;
		CU_ASSERT_EQUAL(
			schema_set_read(cx, texts[i], strlen(texts[i]), &set), SCIM_INTERNAL);
		CU_ASSERT_EQUAL(set.count, 0);
		test_ctx_free(cx);
	}
}

static void types_get_their_extensions(void)
{
	struct ctx *cx = test_ctx();
	struct schema_set set = { .count = 0 };
	const struct resource_type *types[KIND__MAX];
	struct custom custom = custom_of(cx, "urn:ab:two", X);
	CU_ASSERT_EQUAL(types_parse(cx, NULL, 0, types), SCIM_OK);
	CU_ASSERT_PTR_EQUAL(types[KIND_USER], &user_type);
	CU_ASSERT_PTR_EQUAL(types[KIND_GROUP], &group_type);
	CU_ASSERT_EQUAL(put(cx, &set, "urn:ab:one", X), SCIM_OK);
	custom.required = true;
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, NULL, &custom), SCIM_OK);
	const char *text = schema_set_text(cx->arena, &set);
	CU_ASSERT_EQUAL_FATAL(types_parse(cx, text, strlen(text), types), SCIM_OK);
	const struct resource_type *user = types[KIND_USER];
	CU_ASSERT_PTR_EQUAL(types[KIND_GROUP], &group_type);
	CU_ASSERT_PTR_EQUAL(user->core, &user_schema);
	CU_ASSERT_STRING_EQUAL(user->endpoint, "/Users");
	CU_ASSERT_PTR_EQUAL(user->extensions[0], &enterprise_schema);
	CU_ASSERT_STRING_EQUAL(user->extensions[1]->urn, "urn:ab:one");
	CU_ASSERT_STRING_EQUAL(user->extensions[2]->urn, "urn:ab:two");
	CU_ASSERT_PTR_NULL(user->extensions[3]);
	CU_ASSERT_FALSE(user->required[0]);
	CU_ASSERT_FALSE(user->required[1]);
	CU_ASSERT_TRUE(user->required[2]);
	test_ctx_free(cx);
}

static void discovery_shows_them(void)
{
	struct ctx *cx = test_ctx();
	struct schema_set set = { .count = 0 };
	struct custom custom = custom_of(cx, "urn:ab:two", X);
	const struct resource_type *types[KIND__MAX + 1] = { NULL };
	struct buf buf;
	custom.required = true;
	CU_ASSERT_EQUAL(schema_set_put(cx, &set, NULL, &custom), SCIM_OK);
	const char *text = schema_set_text(cx->arena, &set);
	CU_ASSERT_EQUAL_FATAL(types_parse(cx, text, strlen(text), types), SCIM_OK);
	buf_init(&buf, cx->arena, 0);
	CU_ASSERT_TRUE(message_resource_type(&buf, types, "https://x", "User"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data,
		"{\"schema\":\"" URN_ENTERPRISE "\",\"required\":false},{\"schema\":\"urn:ab:two\","
		"\"required\":true}]"));
	buf_cut(&buf, 0);
	CU_ASSERT_TRUE(message_schema(&buf, types, "https://x", "URN:ab:two"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data, "\"location\":\"https://x/Schemas/urn:ab:two\""));
	CU_ASSERT_STRING_EQUAL(json_get_string(parsed(cx, buf.data), "name"), "urn:ab:two");
	buf_cut(&buf, 0);
	message_schemas(&buf, types, "https://x");
	CU_ASSERT_EQUAL(json_object_get_int64(json_get(parsed(cx, buf.data), "totalResults")), 4);
	test_ctx_free(cx);
}

CU_TestInfo schema_json_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "URNs are what a filter can name", urns_are_what_a_filter_can_name },
	{ "sizes are limited", sizes_are_limited },
	{ "schemas in use may only grow", schemas_in_use_may_only_grow },
	{ "sets take each URN once, and so many", sets_take_each_urn_once },
	{ "no URN is an attribute of another schema", urns_are_no_attributes },
	{ "required schemas have something to keep", required_schemas_have_something_to_keep },
	{ "sets are one text", sets_are_one_text },
	{ "a text of another form is a bug", foreign_text_is_a_bug },
	{ "types get their extensions", types_get_their_extensions },
	{ "discovery shows them", discovery_shows_them },
	CU_TEST_INFO_NULL,
};
