/* SPDX-License-Identifier: MIT */
#include "scim/resource.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "support.h"
#include "vector.h"

static struct json_object *parsed(struct ctx *cx, const char *text)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL(json_parse_object(cx, text, strlen(text), &tree), SCIM_OK);
	return tree;
}

static const struct resource_type *type_of(const char *text)
{
	return strstr(text, URN_GROUP) ? &group_type : &user_type;
}

static void canonical(struct ctx *cx, char **inputs, struct buf *got)
{
	struct json_object *resource = NULL;
	struct json_object *again = NULL;
	const struct resource_type *rt = type_of(inputs[0]);
	if (resource_from_body(cx, rt, parsed(cx, inputs[0]), &resource)) {
		vector_error(got, cx);
		return;
	}
	json_print(got, resource);
	CU_ASSERT_EQUAL(resource_from_body(cx, rt, resource, &again), SCIM_OK);
	CU_ASSERT(json_same(resource, again));
}

static void bodies_become_canonical(void)
{
	vectors_run("resource.txt", 1, canonical);
}

static void keys(struct ctx *cx, char **inputs, struct buf *got)
{
	buf_puts(got, resource_keys(cx, type_of(inputs[0]), parsed(cx, inputs[0])));
}

static void documents_of_comparison(void)
{
	vectors_run("keys.txt", 1, keys);
}

static void rows(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct index_row *row = NULL;
	size_t count = 0;
	resource_index(cx, type_of(inputs[0]), parsed(cx, inputs[0]), &row, &count);
	buf_putc(got, '[');
	for (size_t i = 0; i < count; i++) {
		buf_puts(got, i ? ",[" : "[");
		buf_jsons(got, row[i].attribute);
		buf_putc(got, ',');
		buf_jsons(got, row[i].key);
		buf_putc(got, ']');
	}
	buf_putc(got, ']');
}

static void rows_of_the_index(void)
{
	vectors_run("index.txt", 1, rows);
}

/* Schemas that no RFC has: every type, a multi-valued sub-attribute, required in an extension. */
static const struct attr odd_subs[] = {
	{ .name = "value" },
	{ .name = "tags", .multi = true },
	{ .name = "seen", .type = T_DATETIME, .place = IN_INDEX },
	{ 0 },
};
static const struct attr odd_attrs[] = {
	{ .name = "badge", .required = true, .place = IN_INDEX },
	{ .name = "level", .type = T_INTEGER, .place = IN_INDEX },
	{ .name = "ratio", .type = T_DECIMAL },
	{ .name = "hired", .type = T_DATETIME },
	{ .name = "tags", .multi = true, .place = IN_INDEX },
	{ .name = "visits", .type = T_COMPLEX, .multi = true, .subs = odd_subs },
	{ .name = "once", .mutability = M_IMMUTABLE },
	{ 0 },
};
static const struct schema odd_schema = { .urn = "urn:x:odd", .attrs = odd_attrs };
static const struct schema *const odd_extensions[] = { &odd_schema, NULL };
static const struct resource_type odd_type = {
	.name = "User",
	.endpoint = "/Users",
	.core = &user_schema,
	.extensions = odd_extensions,
};

static const struct {
	const char *in;
	const char *out; /* NULL: invalidValue */
} odd_values[] = {
	{ "{\"badge\":\"B\"}", "{\"badge\":\"B\"}" },
	{ "{\"level\":7}", NULL },
	{ "{\"badge\":\"B\",\"level\":-7}", "{\"badge\":\"B\",\"level\":-7}" },
	{ "{\"badge\":\"B\",\"level\":\"7\"}", "{\"badge\":\"B\",\"level\":7}" },
	{ "{\"badge\":\"B\",\"level\":\"07\"}", NULL },
	{ "{\"badge\":\"B\",\"level\":\"9223372036854775808\"}", NULL },
	{ "{\"badge\":\"B\",\"level\":7.5}", NULL },
	{ "{\"badge\":\"B\",\"level\":true}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":7}", "{\"badge\":\"B\",\"ratio\":7}" },
	{ "{\"badge\":\"B\",\"ratio\":\"-7.25\"}", "{\"badge\":\"B\",\"ratio\":-7.25}" },
	{ "{\"badge\":\"B\",\"ratio\":\"1e300\"}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":\"[1]\"}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":\"inf\"}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":\"0x7\"}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":\" 7\"}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":\"-\"}", NULL },
	{ "{\"badge\":\"B\",\"ratio\":false}", NULL },
	{ "{\"badge\":\"B\",\"hired\":\"2026-11-21T18:49:44+01:00\"}",
		"{\"badge\":\"B\",\"hired\":\"2026-11-21T18:49:44+01:00\"}" },
	{ "{\"badge\":\"B\",\"hired\":\"now\"}", NULL },
	{ "{\"badge\":\"B\",\"hired\":5}", NULL },
	{ "{\"badge\":\"B\",\"tags\":\"x\"}", "{\"badge\":\"B\",\"tags\":[\"x\"]}" },
	{ "{\"badge\":\"B\",\"tags\":[\"x\",\"y\",\"x\",\"\",null]}",
		"{\"badge\":\"B\",\"tags\":[\"x\",\"y\"]}" },
	{ "{\"badge\":\"B\",\"visits\":[{\"tags\":[\"a\",\"a\"]},{\"tags\":[\"a\"]}]}",
		"{\"badge\":\"B\",\"visits\":[{\"tags\":[\"a\"]}]}" },
};

static void every_type_of_value(void)
{
	for (size_t i = 0; i < sizeof(odd_values) / sizeof(odd_values[0]); i++) {
		struct ctx *cx = test_ctx();
		struct json_object *resource = NULL;
		const char *text = arena_printf(
			cx->arena, "{\"userName\":\"b\",\"urn:x:odd\":%s}", odd_values[i].in);
		enum scim_err e = resource_from_body(cx, &odd_type, parsed(cx, text), &resource);
		CU_ASSERT_EQUAL(e, odd_values[i].out ? SCIM_OK : SCIM_INVALID_VALUE);
		CU_ASSERT(!odd_values[i].out == !resource);
		if (resource && odd_values[i].out)
			CU_ASSERT(json_same(
				json_get(resource, "urn:x:odd"), parsed(cx, odd_values[i].out)));
		test_ctx_free(cx);
	}
}

static void numbers_and_times_have_keys(void)
{
	struct ctx *cx = test_ctx();
	const struct index_row *row = NULL;
	size_t count = 0;
	struct json_object *resource = parsed(cx,
		"{\"schemas\":[],\"urn:x:odd\":{\"badge\":\"B\",\"level\":7,\"ratio\":1.5,"
		"\"hired\":\"2026-11-21T18:49:44.5+01:00\",\"tags\":[\"X\"],"
		"\"visits\":[{\"tags\":[\"T\"],\"seen\":\"2026-11-21T18:49:44Z\"}]}}");
	CU_ASSERT_STRING_EQUAL(resource_keys(cx, &odd_type, resource),
		"{\"schemas\":[],\"urn:x:odd\":{\"badge\":\"b\",\"level\":7,\"ratio\":1.5,"
		"\"hired\":\"2026-11-21T17:49:44.500000Z\",\"tags\":[\"x\"],"
		"\"visits\":[{\"tags\":[\"t\"],\"seen\":\"2026-11-21T18:49:44.000000Z\"}]}}");
	CU_ASSERT_STRING_EQUAL(resource_keys(cx, &odd_type, parsed(cx, "{}")), "{}");
	CU_ASSERT_STRING_EQUAL(resource_keys(cx, &odd_type, parsed(cx, "{\"urn:x:odd\":{}}")),
		"{\"urn:x:odd\":{}}");
	resource_index(cx, &odd_type, resource, &row, &count);
	CU_ASSERT_EQUAL_FATAL(count, 4);
	CU_ASSERT_STRING_EQUAL(row[0].attribute, "urn:x:odd:badge");
	CU_ASSERT_STRING_EQUAL(row[1].key, "7");
	CU_ASSERT_STRING_EQUAL(row[2].key, "x");
	CU_ASSERT_STRING_EQUAL(row[3].attribute, "urn:x:odd:visits.seen");
	CU_ASSERT_STRING_EQUAL(row[3].key, "2026-11-21T18:49:44.000000Z");
	test_ctx_free(cx);
}

/* What a quirk lets pass in a directory that is not strict. */
static const struct {
	const char *body;
	enum quirk quirk;
	enum scim_err strict;
} tolerated[] = {
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"active\":\"True\"}",
		QUIRK_STRING_BOOLEAN, SCIM_INVALID_VALUE },
	{ "{\"userName\":\"b\"}", QUIRK_NO_SCHEMAS, SCIM_INVALID_SYNTAX },
	{ "{\"schemas\":[\"urn:scim:schemas:core:2.0\"],\"userName\":\"b\"}", QUIRK_FOREIGN_SCHEMA,
		SCIM_INVALID_SYNTAX },
	{ "{\"schemas\":[\"" URN_USER "\",\"urn:x\"],\"userName\":\"b\"}", QUIRK__MAX, SCIM_OK },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\","
	  "\"urn:scim:schemas:extension:enterprise:2.0\":{\"division\":\"d\"}}",
		QUIRK_FOREIGN_SCHEMA, SCIM_INVALID_VALUE },
	{ "{\"schemas\":\"" URN_USER "\",\"userName\":\"b\"}", QUIRK_SINGLE_VALUE,
		SCIM_INVALID_SYNTAX },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"emails\":{\"value\":\"a\"}}",
		QUIRK_SINGLE_VALUE, SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"emails\":[\"a\"]}",
		QUIRK_SINGLE_VALUE, SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"title\":[\"a\"]}",
		QUIRK_SINGLE_VALUE, SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"title\":5}", QUIRK_STRING_NUMBER,
		SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"x\":5}", QUIRK_UNKNOWN_ATTRIBUTE,
		SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"x\":null}", QUIRK__MAX, SCIM_OK },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"division\":\"d\"}",
		QUIRK_UNQUALIFIED, SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"division\":null}", QUIRK__MAX,
		SCIM_OK },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"" URN_ENTERPRISE
	  "\":{\"manager\":\"1\"}}",
		QUIRK_MANAGER, SCIM_INVALID_VALUE },
	{ "{\"schemas\":[\"" URN_USER "\"],\"userName\":\"b\",\"id\":\"1\",\"password\":\"p\"}",
		QUIRK__MAX, SCIM_OK },
};

static void quirks_are_recorded_and_strict_directories_refuse(void)
{
	for (size_t i = 0; i < sizeof(tolerated) / sizeof(tolerated[0]); i++) {
		struct ctx *cx = test_ctx();
		struct json_object *resource = NULL;
		struct json_object *body = parsed(cx, tolerated[i].body);
		uint64_t bit =
			tolerated[i].quirk == QUIRK__MAX ? 0 : (uint64_t)1 << tolerated[i].quirk;
		CU_ASSERT_EQUAL(resource_from_body(cx, &user_type, body, &resource), SCIM_OK);
		CU_ASSERT_EQUAL(cx->quirks & bit, bit);
		CU_ASSERT(bit || !(cx->quirks & ~((uint64_t)1 << QUIRK_FOREIGN_SCHEMA |
							(uint64_t)1 << QUIRK_UNQUALIFIED)));
		cx->quirks = 0;
		cx->strict = true;
		CU_ASSERT_EQUAL(
			resource_from_body(cx, &user_type, body, &resource), tolerated[i].strict);
		CU_ASSERT_EQUAL(cx->quirks, 0);
		test_ctx_free(cx);
	}
}

/* {"userName":"b",<before>xxx...<after>} with len x */
static enum scim_err of_length(const char *before, size_t len, const char *after)
{
	struct ctx *cx = test_ctx();
	struct buf buf;
	struct json_object *resource = NULL;
	buf_init(&buf, cx->arena, len);
	buf_puts(&buf, before);
	for (size_t i = 0; i < len; i++)
		buf_putc(&buf, 'x');
	buf_puts(&buf, after);
	enum scim_err e = resource_from_body(cx, &user_type, parsed(cx, buf.data), &resource);
	test_ctx_free(cx);
	return e;
}

static void strings_have_limits(void)
{
	size_t unique = (size_t)test_limits.unique_bytes;
	size_t other = (size_t)test_limits.string_bytes;
	const char *name = "{\"userName\":\"";
	const char *external = "{\"userName\":\"b\",\"externalId\":\"";
	const char *title = "{\"userName\":\"b\",\"title\":\"";
	const char *email = "{\"userName\":\"b\",\"emails\":[{\"value\":\"";
	CU_ASSERT_EQUAL(of_length(name, unique, "\"}"), SCIM_OK);
	CU_ASSERT_EQUAL(of_length(name, unique + 1, "\"}"), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(of_length(external, unique, "\"}"), SCIM_OK);
	CU_ASSERT_EQUAL(of_length(external, unique + 1, "\"}"), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(of_length(title, other, "\"}"), SCIM_OK);
	CU_ASSERT_EQUAL(of_length(title, other + 1, "\"}"), SCIM_INVALID_VALUE);
	CU_ASSERT_EQUAL(of_length(email, other + 1, "\"}]}"), SCIM_INVALID_VALUE);
}

/* A user with n e-mail addresses, all different or all the same. */
static struct json_object *many(struct ctx *cx, size_t n, bool same)
{
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	buf_puts(&buf, "{\"userName\":\"b\",\"emails\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(
			&buf, "%s{\"value\":\"%zu\",\"primary\":true}", i ? "," : "", same ? 0 : i);
	buf_puts(&buf, "]}");
	return parsed(cx, buf.data);
}

static void lists_have_a_limit_and_are_linear(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *resource = NULL;
	size_t most = (size_t)test_limits.values;
	CU_ASSERT_EQUAL(
		resource_from_body(cx, &user_type, many(cx, most, false), &resource), SCIM_OK);
	struct json_object *emails = json_get(resource, "emails");
	CU_ASSERT_EQUAL(json_object_array_length(emails), most);
	CU_ASSERT(value_is_primary(json_object_array_get_idx(emails, most - 1)));
	CU_ASSERT_FALSE(value_is_primary(json_object_array_get_idx(emails, most - 2)));
	CU_ASSERT_EQUAL(
		resource_from_body(cx, &user_type, many(cx, most, true), &resource), SCIM_OK);
	CU_ASSERT_EQUAL(json_object_array_length(json_get(resource, "emails")), 1);
	CU_ASSERT_EQUAL(resource_from_body(cx, &user_type, many(cx, most + 1, false), &resource),
		SCIM_INVALID_VALUE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "emails has too many values");
	test_ctx_free(cx);
}

static void errors_name_the_attribute(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *resource = NULL;
	resource_from_body(cx, &user_type,
		parsed(cx, "{\"userName\":\"b\",\"emails\":[{\"value\":{\"x\":1}}]}"), &resource);
	CU_ASSERT_STRING_EQUAL(cx->detail, "emails.value must be a string");
	CU_ASSERT_PTR_NULL(resource);
	test_ctx_free(cx);
}

static void long_keys_are_cut_between_characters_and_hashed(void)
{
	struct ctx *cx = test_ctx();
	char text[600];
	memset(text, 'a', sizeof(text));
	CU_ASSERT_EQUAL(strlen(index_key(cx->arena, text, 512)), 512);
	const char *key = index_key(cx->arena, text, 513);
	CU_ASSERT_EQUAL(strlen(key), 448 + 1 + 64);
	CU_ASSERT_EQUAL(key[448], '#');
	CU_ASSERT_STRING_NOT_EQUAL(key, index_key(cx->arena, text, 514));
	/* an euro sign over the cut: bytes 446 to 448 */
	text[446] = '\xe2';
	text[447] = '\x82';
	text[448] = '\xac';
	key = index_key(cx->arena, text, 513);
	CU_ASSERT_EQUAL(key[446], '#');
	CU_ASSERT(utf8_valid(key, strlen(key)));
	test_ctx_free(cx);
}

static void names_of_the_index(void)
{
	struct ctx *cx = test_ctx();
	const struct attr *emails = resource_attr(&user_type, "EMAILS", 6);
	const struct attr *manager = attr_find(enterprise_schema.attrs, "manager", 7);
	CU_ASSERT_STRING_EQUAL(index_name(cx->arena, NULL, emails, NULL), "emails");
	CU_ASSERT_STRING_EQUAL(
		index_name(cx->arena, NULL, emails, &emails->subs[0]), "emails.value");
	CU_ASSERT_STRING_EQUAL(
		index_name(cx->arena, &enterprise_schema, manager, &manager->subs[0]),
		URN_ENTERPRISE ":manager.value");
	test_ctx_free(cx);
}

CU_TestInfo resource_tests[] = {
	{ "what a client sends becomes canonical, once and for all", bodies_become_canonical },
	{ "every type of value is checked and converted", every_type_of_value },
	{ "quirks are recorded, and strict directories refuse them",
		quirks_are_recorded_and_strict_directories_refuse },
	{ "strings have limits", strings_have_limits },
	{ "lists have a limit, and long ones take linear time", lists_have_a_limit_and_are_linear },
	{ "errors name the attribute", errors_name_the_attribute },
	{ "what is not caseExact is folded for comparison", documents_of_comparison },
	{ "numbers and times are compared as such", numbers_and_times_have_keys },
	{ "rows of the look-up index", rows_of_the_index },
	{ "long keys are cut between characters and hashed",
		long_keys_are_cut_between_characters_and_hashed },
	{ "names in the index", names_of_the_index },
	CU_TEST_INFO_NULL,
};
