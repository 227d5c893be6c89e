/* SPDX-License-Identifier: MIT */
#include "scim/membership.h"
#include "scim/project.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/dialect.h"
#include "support.h"
#include "vector.h"

#define BASE "https://x/scim"
#define GIVEN "00000000-0000-7000-8000-000000000001"

static const char *given(const char *line)
{
	return strcmp(line, "-") == 0 ? NULL : line;
}

static void projected(struct ctx *cx, char **inputs, struct buf *got)
{
	struct projection projection;
	bool group = strstr(inputs[0], URN_GROUP);
	const struct resource_type *rt = group ? &group_type : &user_type;
	const char *lines =
		group ? GIVEN "User\"Ann\"\n" GIVEN "Group\"Team\"" : GIVEN "direct\"Team\"";
	struct stored stored = {
		.id = "1",
		.doc = inputs[0],
		.doc_len = strlen(inputs[0]),
		.memberships = lines,
		.memberships_len = strlen(lines),
		.version = 3,
		.modified = 1000000,
	};
	if (projection_parse(cx, rt, given(inputs[1]), given(inputs[2]), &projection))
		vector_error(got, cx);
	else
		resource_print(got, rt, &projection, &(struct origin){ .base = BASE }, &stored);
}

/* A line cannot be empty in a vector: an empty parameter is given here. */
static void projections(void)
{
	vectors_run("project.txt", 3, projected);
}

static const char *printed(
	struct ctx *cx, const char *attributes, const char *excluded, const struct stored *stored)
{
	struct projection projection;
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	CU_ASSERT_EQUAL(
		projection_parse(cx, &user_type, attributes, excluded, &projection), SCIM_OK);
	resource_print(&buf, &user_type, &projection, &(struct origin){ .base = BASE }, stored);
	return buf.data;
}

static void empty_parameters(void)
{
	struct ctx *cx = test_ctx();
	const char *doc = "{\"schemas\":[],\"userName\":\"b\"}";
	struct stored stored = { .id = "1", .doc = doc, .doc_len = strlen(doc), .version = 7 };
	const char *whole = "{\"id\":\"1\",\"schemas\":[],\"userName\":\"b\","
			    "\"meta\":{\"resourceType\":\"User\","
			    "\"created\":\"1970-01-01T00:00:00.000Z\","
			    "\"lastModified\":\"1970-01-01T00:00:00.000Z\","
			    "\"location\":\"https://x/scim/Users/1\",\"version\":\"W/\\\"7\\\"\"}}";
	CU_ASSERT_STRING_EQUAL(printed(cx, NULL, NULL, &stored), whole);
	CU_ASSERT_STRING_EQUAL(printed(cx, NULL, "", &stored), whole);
	CU_ASSERT_STRING_EQUAL(printed(cx, "", NULL, &stored), "{\"id\":\"1\",\"schemas\":[]}");
	CU_ASSERT_STRING_EQUAL(printed(cx, " , ", NULL, &stored), "{\"id\":\"1\",\"schemas\":[]}");
	CU_ASSERT_STRING_EQUAL(
		printed(cx, "groups", NULL, &stored), "{\"id\":\"1\",\"schemas\":[]}");
	CU_ASSERT_STRING_EQUAL(
		printed(cx, "groups.value", NULL, &stored), "{\"id\":\"1\",\"schemas\":[]}");
	test_ctx_free(cx);
}

/* returned: request, always and never, which no stored attribute of the RFC has. */
static const struct attr sub_rows[] = {
	{ .name = "a" },
	{ .name = "always", .returned = R_ALWAYS },
	{ .name = "request", .returned = R_REQUEST },
	{ .name = "never", .returned = R_NEVER },
	{ 0 },
};
static const struct attr rows[] = {
	{ .name = "request", .returned = R_REQUEST },
	{ .name = "never", .returned = R_NEVER },
	{ .name = "c", .type = T_COMPLEX, .subs = sub_rows },
	{ .name = "m", .type = T_COMPLEX, .multi = true, .subs = sub_rows },
	{ 0 },
};
static const struct schema extension = { .urn = "urn:x", .attrs = rows };
static const struct schema *const extensions[] = { &extension, NULL };
static const struct resource_type rt = {
	.name = "User", .endpoint = "/Users", .core = &user_schema, .extensions = extensions
};

static const struct {
	const char *attributes;
	const char *excluded;
	const char *value; /* of the extension */
} returned[] = {
	{ NULL, NULL,
		"{\"c\":{\"a\":1,\"always\":2},\"m\":[{\"a\":1,\"always\":2},{\"always\":2}]}" },
	{ NULL, "urn:x:c.a,urn:x:m.always",
		"{\"c\":{\"always\":2},\"m\":[{\"a\":1,\"always\":2},{\"always\":2}]}" },
	{ "urn:x:request,urn:x:never", NULL, "{\"request\":1}" },
	{ "urn:x:c", NULL, "{\"c\":{\"a\":1,\"always\":2}}" },
	{ "urn:x:c.request,urn:x:c.never", NULL, "{\"c\":{\"always\":2,\"request\":3}}" },
	{ "urn:x:m.a", NULL, "{\"m\":[{\"a\":1,\"always\":2},{\"always\":2}]}" },
	{ "userName", NULL, NULL },
	{ NULL, "urn:x", NULL },
};

static void rows_decide_what_is_returned(void)
{
	const char *doc = "{\"urn:x\":{\"request\":1,\"never\":2,"
			  "\"c\":{\"a\":1,\"always\":2,\"request\":3,\"never\":4},"
			  "\"m\":[{\"a\":1,\"always\":2},{\"always\":2,\"never\":4}]},"
			  "\"unknown\":1}";
	struct stored stored = { .id = "1", .doc = doc, .doc_len = strlen(doc) };
	for (size_t i = 0; i < sizeof(returned) / sizeof(returned[0]); i++) {
		struct ctx *cx = test_ctx();
		struct projection projection;
		struct buf buf;
		buf_init(&buf, cx->arena, 0);
		CU_ASSERT_EQUAL(projection_parse(cx, &rt, returned[i].attributes,
					returned[i].excluded, &projection),
			SCIM_OK);
		resource_print(&buf, &rt, &projection, &(struct origin){ .base = BASE }, &stored);
		struct json_object *tree = json_parse_stored(cx->arena, buf.data, buf.len);
		struct buf got;
		buf_init(&got, cx->arena, 0);
		if (json_get(tree, "urn:x"))
			json_print(&got, json_get(tree, "urn:x"));
		CU_ASSERT_STRING_EQUAL(got.data, returned[i].value ? returned[i].value : "");
		test_ctx_free(cx);
	}
}

static const struct {
	const char *attributes;
	const char *excluded;
	bool wants;
} asked[] = {
	{ NULL, NULL, true },
	{ "members", NULL, true },
	{ "members.value", NULL, true },
	{ "displayName", NULL, false },
	{ "", NULL, false },
	{ NULL, "members", false },
	{ NULL, "members.value", true },
	{ NULL, "displayName", true },
};

static void costly_values_are_asked_for_first(void)
{
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct ctx *cx = test_ctx();
		struct projection projection;
		CU_ASSERT_EQUAL(projection_parse(cx, &group_type, asked[i].attributes,
					asked[i].excluded, &projection),
			SCIM_OK);
		CU_ASSERT_EQUAL(
			projection_wants_memberships(&projection, &group_type), asked[i].wants);
		test_ctx_free(cx);
	}
}

#define LINE(digit, name) "019aa5d0-0000-7000-8000-00000000000" digit "User\"" name "\""

static void memberships_in_order(void)
{
	static const char ordered[] = LINE("1", "a") "\n" LINE("2", "") "\n" LINE("a", "c\\n");
	static const char mixed[] = LINE("2", "") "\n" LINE("a", "c\\n") "\n" LINE("1", "a");
	struct ctx *cx = test_ctx();
	CU_ASSERT_PTR_EQUAL(memberships_sorted(cx->arena, ordered, strlen(ordered)), ordered);
	CU_ASSERT_STRING_EQUAL(memberships_sorted(cx->arena, mixed, strlen(mixed)), ordered);
	CU_ASSERT_STRING_EQUAL(memberships_sorted(cx->arena, "", 0), "");
	test_ctx_free(cx);
}

/* Lines of more than a piece, of all words that there are. */
static struct stored crowd(struct ctx *cx, const struct resource_type *type)
{
	static const char *const words[][2] = {
		[KIND_USER] = { "direct", "indirect" },
		[KIND_GROUP] = { "User", "Group" },
	};
	struct stored stored = { .id = "scim_user_0000000000000000000000001",
		.doc = "{\"a\":1}",
		.doc_len = 7,
		.version = 1 };
	struct buf lines;
	buf_init(&lines, cx->arena, 0);
	for (int i = 0; i < 5000; i++)
		buf_printf(&lines, "%s019aa5d0-0000-7000-8000-%012x%s\"%.*s\"", i ? "\n" : "",
			(unsigned)i, words[type->kind][i % 7 == 3], i % 30,
			"\\\" name of up to thirty bytes \\\"");
	stored.memberships = lines.data;
	stored.memberships_len = lines.len;
	return stored;
}

static void collect(void *arg, const char *data, size_t len)
{
	buf_put(arg, data, len);
}

/* What is made when the buffer is sent is what would stand in it, byte for byte. */
static void crowds_are_printed_late(void)
{
	static const struct dialect *const faces[] = { &scim_2, &scim_1, &pingone };
	static const char *const attributes[] = { NULL, "members,groups",
		"members.type,groups.value", "members.display,groups.display" };
	struct origin here = { .base = BASE };
	for (size_t i = 0; i < 3 * 4 * KIND__MAX; i++) {
		const struct dialect *face = faces[i % 3];
		const struct resource_type *type = resource_types[i / 12];
		struct ctx *cx = test_ctx();
		struct stored stored = crowd(cx, type);
		struct projection projection;
		struct buf_gap gap = { 0 };
		struct buf whole, late, sent;
		buf_init(&whole, cx->arena, 0);
		buf_init(&late, cx->arena, 0);
		buf_init(&sent, cx->arena, 0);
		late.gap = &gap;
		face->projection(cx, type, attributes[i / 3 % 4], NULL, &projection);
		face->print(&whole, type, &projection, &here, &stored);
		face->print(&late, type, &projection, &here, &stored);
		CU_ASSERT(whole.len > BUF_PIECE && late.len < 1000);
		CU_ASSERT_EQUAL(buf_size(&late), whole.len);
		buf_send(&late, &(struct buf_sink){ collect, &sent });
		CU_ASSERT_STRING_EQUAL(sent.data, whole.data);
		buf_cut(&late, 0);
		CU_ASSERT_EQUAL(buf_size(&late), 0);
		test_ctx_free(cx);
	}
}

static const struct {
	const char *list;
	bool matches; /* version 12 */
} tags[] = {
	{ "W/\"12\"", true },
	{ "\"12\"", true },
	{ "*", true },
	{ " * ", true },
	{ "W/\"1\", W/\"12\"", true },
	{ "\"x\",\"12\",", true },
	{ ", ,W/\"12\"", true },
	{ "\"a,b\" , \"12\"", true },
	{ "\"\xc3\xa9\", \"12\"", true },
	{ "W/\"1\"", false },
	{ "W/\"120\"", false },
	{ "W/\"012\"", false },
	{ "W/\"\"", false },
	{ "W/\" 12\"", false },
	{ "12", false },
	{ "W/12", false },
	{ "w/\"12\"", false },
	{ "\"12", false },
	{ "\"12\" \"12\"", false },
	{ "\"12\"x", false },
	{ "\"12\", x", false },
	{ "*, \"12\"", false },
	{ "**", false },
	{ "\"12\", *", false },
	{ "\"\x7f\", \"12\"", false },
	{ "", false },
	{ ",", false },
};

static void lists_of_entity_tags(void)
{
	struct ctx *cx = test_ctx();
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		CU_ASSERT_EQUAL(etag_matches(tags[i].list, 12), tags[i].matches);
	CU_ASSERT_STRING_EQUAL(etag_print(cx->arena, 12), "W/\"12\"");
	CU_ASSERT(etag_matches(etag_print(cx->arena, INT64_MAX), INT64_MAX));
	test_ctx_free(cx);
}

CU_TestInfo project_tests[] = {
	{ "attributes and excludedAttributes", projections },
	{ "empty parameters, and the text without a projection", empty_parameters },
	{ "rows decide what is returned", rows_decide_what_is_returned },
	{ "costly values are asked for first", costly_values_are_asked_for_first },
	{ "memberships are put in order", memberships_in_order },
	{ "crowds are printed late", crowds_are_printed_late },
	{ "lists of entity tags", lists_of_entity_tags },
	CU_TEST_INFO_NULL,
};
