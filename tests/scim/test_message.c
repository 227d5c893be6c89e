/* SPDX-License-Identifier: MIT */
#include "scim/message.h"

#include "base/json.h"
#include "base/text.h"
#include "support.h"

#define BASE "https://x/scim"

static const struct resource_type *const types[] = { &user_type, &group_type, NULL };

/* What a message is, through the guard that requests go through. */
static struct json_object *parsed(struct ctx *cx, const struct buf *buf)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL_FATAL(json_parse_object(cx, buf->data, buf->len, &tree), SCIM_OK);
	return tree;
}

static void every_error_has_its_message(void)
{
	for (int e = SCIM_INVALID_FILTER; e < SCIM__MAX; e++) {
		struct ctx *cx = test_ctx();
		const struct err_row *row = err_row((enum scim_err)e);
		struct buf buf;
		buf_init(&buf, cx->arena, 0);
		message_error(&buf, (enum scim_err)e, NULL);
		struct json_object *tree = parsed(cx, &buf);
		const char *type = json_get_string(tree, "scimType");
		CU_ASSERT_STRING_EQUAL(json_get_string(tree, "status"),
			arena_printf(cx->arena, "%d", row->status));
		CU_ASSERT_STRING_EQUAL(json_get_string(tree, "detail"), row->text);
		CU_ASSERT(!type == !row->scim_type);
		if (type && row->scim_type)
			CU_ASSERT_STRING_EQUAL(type, row->scim_type);
		test_ctx_free(cx);
	}
}

static void details_are_escaped(void)
{
	struct ctx *cx = test_ctx();
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	message_error(&buf, SCIM_UNIQUENESS, "\"x\"\n");
	CU_ASSERT_STRING_EQUAL(buf.data,
		"{\"schemas\":[\"" URN_MESSAGE_ERROR "\"],\"status\":\"409\","
		"\"scimType\":\"uniqueness\",\"detail\":\"\\\"x\\\"\\n\"}");
	test_ctx_free(cx);
}

static void lists_have_frames(void)
{
	struct ctx *cx = test_ctx();
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	message_list_open(&buf, &(struct list_frame){ .start_index = 1 });
	message_list_close(&buf, NULL);
	CU_ASSERT_STRING_EQUAL(buf.data,
		"{\"schemas\":[\"" URN_MESSAGE_LIST "\"],\"totalResults\":0,\"startIndex\":1,"
		"\"itemsPerPage\":0,\"Resources\":[]}");
	buf_cut(&buf, 0);
	message_list_open(
		&buf, &(struct list_frame){ .total = 5, .items = 2, .next_cursor = "abc" });
	buf_puts(&buf, "{},{}");
	message_list_close(&buf, NULL);
	CU_ASSERT_STRING_EQUAL(buf.data,
		"{\"schemas\":[\"" URN_MESSAGE_LIST "\"],\"totalResults\":5,\"itemsPerPage\":2,"
		"\"nextCursor\":\"abc\",\"Resources\":[{},{}]}");
	test_ctx_free(cx);
}

/* The number a path of two names leads to; -1 when there is none. */
static int64_t number_at(struct json_object *tree, const char *name, const char *sub)
{
	struct json_object *value = json_get(json_get(tree, name), sub);
	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;
}

static void config_has_every_required_member(void)
{
	static const char *const features[] = { "patch", "bulk", "filter", "changePassword", "sort",
		"etag" };
	struct ctx *cx = test_ctx();
	struct buf buf;
	struct capabilities capabilities = {
		.bulk_operations = 100, .bulk_bytes = 1000, .base = BASE
	};
	buf_init(&buf, cx->arena, 0);
	message_config(&buf, cx, &capabilities);
	struct json_object *tree = parsed(cx, &buf);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		CU_ASSERT(json_object_is_type(
			json_get(json_get(tree, features[i]), "supported"), json_type_boolean));
	CU_ASSERT_EQUAL(number_at(tree, "bulk", "maxOperations"), 0);
	CU_ASSERT_EQUAL(number_at(tree, "bulk", "maxPayloadSize"), 0);
	CU_ASSERT_EQUAL(number_at(tree, "filter", "maxResults"), test_limits.count);
	CU_ASSERT_EQUAL(number_at(tree, "pagination", "maxPageSize"), test_limits.count);
	CU_ASSERT_EQUAL(
		number_at(tree, "pagination", "defaultPageSize"), test_limits.default_count);
	CU_ASSERT_EQUAL(number_at(tree, "pagination", "cursorTimeout"), test_limits.cursor_seconds);
	CU_ASSERT_STRING_EQUAL(
		json_get_string(json_get(tree, "meta"), "location"), BASE "/ServiceProviderConfig");
	CU_ASSERT_PTR_NULL(json_get(tree, "documentationUri"));
	buf_cut(&buf, 0);
	capabilities.bulk = true;
	capabilities.documentation = "https://docs";
	message_config(&buf, cx, &capabilities);
	tree = parsed(cx, &buf);
	CU_ASSERT_EQUAL(number_at(tree, "bulk", "maxOperations"), 100);
	CU_ASSERT_EQUAL(number_at(tree, "bulk", "maxPayloadSize"), 1000);
	CU_ASSERT_STRING_EQUAL(json_get_string(tree, "documentationUri"), "https://docs");
	test_ctx_free(cx);
}

static void resource_types_are_listed_and_found(void)
{
	struct ctx *cx = test_ctx();
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	message_resource_types(&buf, types, BASE);
	struct json_object *list = json_get(parsed(cx, &buf), "Resources");
	CU_ASSERT_EQUAL(json_object_array_length(list), 2);
	buf_cut(&buf, 0);
	CU_ASSERT(message_resource_type(&buf, types, BASE, "User"));
	struct json_object *user = parsed(cx, &buf);
	CU_ASSERT(json_same(user, json_object_array_get_idx(list, 0)));
	CU_ASSERT_STRING_EQUAL(json_get_string(user, "endpoint"), "/Users");
	CU_ASSERT_STRING_EQUAL(json_get_string(user, "schema"), URN_USER);
	CU_ASSERT_STRING_EQUAL(
		json_get_string(
			json_object_array_get_idx(json_get(user, "schemaExtensions"), 0), "schema"),
		URN_ENTERPRISE);
	CU_ASSERT_STRING_EQUAL(
		json_get_string(json_get(user, "meta"), "location"), BASE "/ResourceTypes/User");
	CU_ASSERT_FALSE(message_resource_type(&buf, types, BASE, "user"));
	test_ctx_free(cx);
}

/* The boolean a member is, -1 when it is none. */
static int truth_of(struct json_object *object, const char *name)
{
	struct json_object *value = json_get(object, name);
	return json_object_is_type(value, json_type_boolean) ? json_object_get_boolean(value) : -1;
}

static size_t length_of(struct json_object *object, const char *name)
{
	struct json_object *value = json_get(object, name);
	return value ? json_object_array_length(value) : 0;
}

static size_t strings(const char *const *list)
{
	size_t n = 0;
	while (list && list[n])
		n++;
	return n;
}

/* Every characteristic of every row is printed. */
static void check_attrs(const struct attr *attrs, struct json_object *list)
{
	size_t n = 0;
	for (const struct attr *attr = attrs; attr->name; attr++, n++) {
		struct json_object *got = json_object_array_get_idx(list, n);
		CU_ASSERT_STRING_EQUAL(json_get_string(got, "name"), attr->name);
		CU_ASSERT_STRING_EQUAL(json_get_string(got, "type"), attr_type_names[attr->type]);
		CU_ASSERT(strlen(json_get_string(got, "description")) > 0);
		CU_ASSERT_EQUAL(truth_of(got, "multiValued"), attr->multi);
		CU_ASSERT_EQUAL(truth_of(got, "required"), attr->required);
		CU_ASSERT_EQUAL(truth_of(got, "caseExact"), attr->case_exact);
		CU_ASSERT_STRING_EQUAL(json_get_string(got, "mutability"),
			attr_mutability_names[attr->mutability]);
		CU_ASSERT_STRING_EQUAL(
			json_get_string(got, "returned"), attr_returned_names[attr->returned]);
		CU_ASSERT_STRING_EQUAL(json_get_string(got, "uniqueness"),
			attr_uniqueness_names[attr->uniqueness]);
		CU_ASSERT_EQUAL(length_of(got, "canonicalValues"), strings(attr->canonical));
		CU_ASSERT_EQUAL(length_of(got, "referenceTypes"), strings(attr->references));
		CU_ASSERT(!attr->subs == !json_get(got, "subAttributes"));
		if (attr->subs)
			check_attrs(attr->subs, json_get(got, "subAttributes"));
	}
	CU_ASSERT_EQUAL(json_object_array_length(list), n);
}

static void schemas_are_the_tables(void)
{
	static const struct schema *const schemas[] = { &user_schema, &enterprise_schema,
		&group_schema };
	struct ctx *cx = test_ctx();
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	message_schemas(&buf, types, BASE);
	struct json_object *message = parsed(cx, &buf);
	struct json_object *list = json_get(message, "Resources");
	CU_ASSERT_EQUAL_FATAL(json_object_array_length(list), 3);
	CU_ASSERT_EQUAL(json_object_get_int64(json_get(message, "totalResults")), 3);
	for (size_t i = 0; i < 3; i++) {
		struct json_object *schema = json_object_array_get_idx(list, i);
		CU_ASSERT_STRING_EQUAL(json_get_string(schema, "id"), schemas[i]->urn);
		CU_ASSERT_STRING_EQUAL(json_get_string(json_get(schema, "meta"), "location"),
			arena_printf(cx->arena, BASE "/Schemas/%s", schemas[i]->urn));
		check_attrs(schemas[i]->attrs, json_get(schema, "attributes"));
		buf_cut(&buf, 0);
		CU_ASSERT(message_schema(&buf, types, BASE, schemas[i]->urn));
		CU_ASSERT(json_same(parsed(cx, &buf), schema));
	}
	test_ctx_free(cx);
}

static void schemas_are_found_in_any_case(void)
{
	struct ctx *cx = test_ctx();
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	CU_ASSERT(message_schema(&buf, types, BASE, "URN:ietf:params:scim:schemas:core:2.0:GROUP"));
	CU_ASSERT_STRING_EQUAL(json_get_string(parsed(cx, &buf), "id"), URN_GROUP);
	buf_cut(&buf, 0);
	CU_ASSERT_FALSE(message_schema(&buf, types, BASE, URN_MESSAGE_PATCH));
	CU_ASSERT_FALSE(message_schema(&buf, types, BASE, ""));
	CU_ASSERT_EQUAL(buf.len, 0);
	test_ctx_free(cx);
}

CU_TestInfo message_tests[] = {
	{ "every error has its message", every_error_has_its_message },
	{ "details are escaped", details_are_escaped },
	{ "lists have frames", lists_have_frames },
	{ "the configuration has every required member", config_has_every_required_member },
	{ "resource types are listed and found", resource_types_are_listed_and_found },
	{ "schemas are the tables, each characteristic of each row", schemas_are_the_tables },
	{ "schemas are found in any case", schemas_are_found_in_any_case },
	CU_TEST_INFO_NULL,
};
