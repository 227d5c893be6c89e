/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/text.h"
#include "custom.h"
#include "scim/resource.h"
#include "scim/v1.h"
#include "scim/v1_body.h"
#include "support.h"
#include "vector.h"

#define ID "00000000-0000-7000-8000-000000000001"
#define MOMENT INT64_C(1429123454227000)

enum {
	CROWD = 100000
};

static const struct origin origin = {
	.base = "https://x/v1",
	.account = { { [6] = 0x70, [8] = 0x80, [15] = 0x0a } },
	.directory = { { [6] = 0x70, [8] = 0x80, [15] = 0x0b } },
};

static const struct dialect *const faces[] = { &scim_1, &pingone };

static struct stored stored_of(struct ctx *cx, const struct resource_type *rt, const char *doc)
{
	struct uuid id;
	CU_ASSERT_TRUE_FATAL(uuid_parse(ID, strlen(ID), &id));
	return (struct stored){
		.id = id_print(cx->arena, rt->id, &id),
		.doc = doc,
		.doc_len = strlen(doc),
		.version = 3,
		.created = MOMENT,
		.modified = MOMENT + 1000000,
	};
}

/* What the text is, through the guard that bodies go through: it refuses a key that is there twice. */
static struct json_object *parsed(struct ctx *cx, const struct buf *buf)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL_FATAL(json_parse_object(cx, buf->data, buf->len, &tree), SCIM_OK);
	return tree;
}

static const struct resource_type *type_of(struct ctx *cx, const char *doc)
{
	enum resource_kind kind = strstr(doc, URN_GROUP) ? KIND_GROUP : KIND_USER;
	return strstr(doc, "urn:ex:") ? custom_types(cx)[kind] : resource_types[kind];
}

static void printed(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct dialect *face = strcmp(inputs[0], "pingone") == 0 ? &pingone : &scim_1;
	const struct resource_type *rt = type_of(cx, inputs[2]);
	struct stored stored = stored_of(cx, rt, inputs[2]);
	const char *attributes = strcmp(inputs[3], "-") == 0 ? NULL : inputs[3];
	struct projection projection;
	if (strcmp(inputs[1], "-") != 0) {
		for (char *s = inputs[1]; (s = strchr(s, '|'));)
			*s = '\n';
		stored.memberships = inputs[1];
		stored.memberships_len = strlen(inputs[1]);
	}
	if (face->projection(cx, rt, attributes, NULL, &projection)) {
		vector_error(got, cx);
		return;
	}
	face->print(got, rt, &projection, &origin, &stored);
	parsed(cx, got);
}

static void the_vectors_hold(void)
{
	vectors_run("v1_print.txt", 4, printed);
}

/* Vectors are compared as JSON; this one as PingOne's clients see it. */
static void order_of_members(void)
{
	struct ctx *cx = test_ctx();
	const char *doc = "{\"schemas\":[\"" URN_USER "\"],\"active\":false,\"userName\":\"b\"}";
	const char *lines = "00000000-0000-7000-8000-000000000007direct\"Users\"";
	struct stored stored = stored_of(cx, &user_type, doc);
	struct projection all = { .only = false };
	struct buf got;
	stored.memberships = lines;
	stored.memberships_len = strlen(lines);
	buf_init(&got, cx->arena, 0);
	v1_print_pingone(&got, &user_type, &all, &origin, &stored);
	CU_ASSERT_STRING_EQUAL(got.data,
		"{\"id\":\"" ID "\",\"schemas\":[\"" URN_V1_CORE "\",\"" URN_PINGONE "\"]"
		",\"" URN_PINGONE "\":{\"createTimeStamp\":1429123454227"
		",\"accountId\":\"00000000-0000-7000-8000-00000000000a\""
		",\"lastModifiedTimeStamp\":1429123455227"
		",\"directoryId\":\"00000000-0000-7000-8000-00000000000b\""
		",\"state\":\"DISABLED\"},\"active\":false,\"userName\":\"b\""
		",\"meta\":{\"created\":\"2015-04-15T18:44:14.227+00:00\""
		",\"lastModified\":\"2015-04-15T18:44:15.227+00:00\""
		",\"location\":\"https://x/v1/user/" ID "\"}"
		",\"groups\":[{\"value\":\"00000000-0000-7000-8000-000000000007\""
		",\"display\":\"Users\"}]}");
	test_ctx_free(cx);
}

/* A client reads, changes something else, and puts back: what comes in must be what went out. */
static void goes_round(struct ctx *cx, const struct resource_type *rt, struct json_object *resource,
	struct json_object *body)
{
	struct json_object *back = NULL;
	struct lifted lifted = { .tree = body };
	const struct wish wish = { .body = &lifted, .before = resource };
	struct v1_said said;
	CU_ASSERT_EQUAL_FATAL(v1_rename(cx, rt, body, &said), SCIM_OK);
	CU_ASSERT_EQUAL_FATAL(v1_settle_active(cx, rt, &wish, &said), SCIM_OK);
	CU_ASSERT_EQUAL_FATAL(resource_from_body(cx, rt, body, &back), SCIM_OK);
	CU_ASSERT_TRUE(json_same(resource, back));
}

/* Each line of a file that is a JSON object, as a body of POST, is stored and printed. */
static void print_stored(struct ctx *cx, const char *line)
{
	static const char *const wanted[] = { NULL, "userName,emails.value,meta", "manager" };
	const struct resource_type *rt = type_of(cx, line);
	struct json_object *body = NULL;
	struct json_object *resource = NULL;
	if (json_parse_object(cx, line, strlen(line), &body) ||
		resource_from_body(cx, rt, body, &resource))
		return;
	json_object_object_del(resource, "members"); /* which are rows */
	struct stored stored = stored_of(cx, rt, "");
	stored.doc = resource_text(cx->arena, resource, &stored.doc_len);
	for (size_t f = 0; f < sizeof(faces) / sizeof(faces[0]); f++) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			struct projection projection;
			struct buf got;
			buf_init(&got, cx->arena, 0);
			CU_ASSERT_EQUAL(faces[f]->projection(cx, rt, wanted[i], NULL, &projection),
				SCIM_OK);
			faces[f]->print(&got, rt, &projection, &origin, &stored);
			struct json_object *tree = parsed(cx, &got);
			/* not what is held back, nor $ref of a manager, which 1.1 does not have */
			if (!wanted[i] && rt == resource_types[rt->kind] &&
				!strstr(stored.doc, "$ref"))
				goes_round(cx, rt, resource, tree);
		}
	}
}

static void whatever_is_stored_is_printed(void)
{
	static const char *const files[] = { "vectors/users.txt", "vectors/resource.txt",
		"vectors/custom.txt", "vectors/project.txt" };
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct arena *arena = arena_new();
		char *rest = test_read(arena, test_path(arena, files[i]), NULL);
		for (char *line; (line = strsep(&rest, "\n"));) {
			struct ctx *cx = test_ctx();
			if (*line == '{')
				print_stored(cx, line);
			test_ctx_free(cx);
		}
		arena_free(arena);
	}
}

static void a_crowd_is_printed(void)
{
	struct ctx *cx = test_ctx();
	const char *doc = "{\"schemas\":[\"" URN_GROUP "\"],\"displayName\":\"g\"}";
	struct stored stored = stored_of(cx, &group_type, doc);
	struct projection all = { .only = false };
	struct buf lines;
	struct buf got;
	buf_init(&lines, cx->arena, 0);
	for (int i = 0; i < CROWD; i++)
		buf_printf(
			&lines, "%s00000000-0000-7000-8000-%012dUser\"n%d\"", i ? "\n" : "", i, i);
	stored.memberships = lines.data;
	stored.memberships_len = lines.len;
	buf_init(&got, cx->arena, 0);
	v1_print(&got, &group_type, &all, &origin, &stored);
	struct json_object *members =
		json_get(json_parse_stored(cx->arena, got.data, got.len), "members");
	CU_ASSERT_EQUAL_FATAL(json_object_array_length(members), CROWD);
	struct json_object *last = json_object_array_get_idx(members, CROWD - 1);
	CU_ASSERT_STRING_EQUAL(
		json_get_string(last, "value"), "00000000-0000-7000-8000-000000099999");
	CU_ASSERT_STRING_EQUAL(json_get_string(last, "display"), "n99999");
	CU_ASSERT_STRING_EQUAL(json_get_string(last, "type"), "user");
	test_ctx_free(cx);
}

static const char *listed(struct ctx *cx, const struct dialect *face, const char *resources)
{
	struct list_frame frame = { .total = 5, .start_index = 3, .items = 2 };
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	buf_puts(&buf, "x"); /* a list need not begin where the text does */
	face->list_open(&buf, &frame);
	buf_puts(&buf, resources);
	face->list_close(&buf, &frame);
	return buf.data + 1;
}

#define FRAME \
	"{\"schemas\":[\"" URN_V1_CORE "\"],\"totalResults\":5,\"itemsPerPage\":2,\"startIndex\":3"

static void lists(void)
{
	struct ctx *cx = test_ctx();
	CU_ASSERT_STRING_EQUAL(listed(cx, &scim_1, "{},{}"), FRAME ",\"Resources\":[{},{}]}");
	CU_ASSERT_STRING_EQUAL(listed(cx, &scim_1, ""), FRAME ",\"Resources\":[]}");
	CU_ASSERT_STRING_EQUAL(listed(cx, &pingone, "{},{}"),
		FRAME ",\"count\":2,\"Resources\":[{},{}],\"resources\":[{},{}]}");
	CU_ASSERT_STRING_EQUAL(
		listed(cx, &pingone, ""), FRAME ",\"count\":2,\"Resources\":[],\"resources\":[]}");
	char *big = arena_alloc(cx->arena, 100001);
	memset(big, ' ', 100000);
	CU_ASSERT_EQUAL(strlen(listed(cx, &pingone, big)),
		strlen(listed(cx, &pingone, "")) + (size_t)2 * 100000);
	test_ctx_free(cx);
}

static void errors(void)
{
	for (int e = SCIM_INVALID_FILTER; e < SCIM__MAX; e++) {
		struct ctx *cx = test_ctx();
		struct buf buf;
		buf_init(&buf, cx->arena, 0);
		v1_error(&buf, (enum scim_err)e, e % 2 ? "a \"b\"\n\xc3\xa9" : NULL);
		struct json_object *list = json_get(parsed(cx, &buf), "Errors");
		CU_ASSERT_EQUAL_FATAL(json_object_array_length(list), 1);
		struct json_object *error = json_object_array_get_idx(list, 0);
		CU_ASSERT_STRING_EQUAL(json_get_string(error, "code"),
			arena_printf(cx->arena, "%d", err_row((enum scim_err)e)->status));
		CU_ASSERT_STRING_EQUAL(json_get_string(error, "description"),
			e % 2 ? "a \"b\"\n\xc3\xa9" : err_row((enum scim_err)e)->text);
		test_ctx_free(cx);
	}
}

static void configuration(void)
{
	struct ctx *cx = test_ctx();
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	v1_config(&buf, cx);
	struct json_object *config = parsed(cx, &buf);
	CU_ASSERT_EQUAL(json_object_get_int64(json_get(json_get(config, "filter"), "maxResults")),
		cx->limits->count);
	CU_ASSERT_FALSE(json_object_get_boolean(json_get(json_get(config, "bulk"), "supported")));
	CU_ASSERT_STRING_EQUAL(
		json_get_string(
			json_object_array_get_idx(json_get(config, "authenticationSchemes"), 0),
			"type"),
		"httpbasic");
	test_ctx_free(cx);
}

/* The row of an attribute in a list of them; of the schema with this URN, when one is given. */
static struct json_object *row_of(struct json_object *list, const char *urn, const char *name)
{
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(row, "name"), name) == 0 &&
			(!urn || strcmp(json_get_string(row, "schema"), urn) == 0))
			return row;
	}
	return NULL;
}

static struct json_object *schema_of(
	struct ctx *cx, const struct resource_type *const *types, const char *id)
{
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	if (!v1_schema(&buf, types, scim_1.endpoints, id))
		return NULL;
	return parsed(cx, &buf);
}

static const struct {
	const char *type;
	const char *urn;
	const char *attr;
	const char *sub;
	bool there;
} rows[] = {
	{ "User", URN_V1_CORE, "id", NULL, true },
	{ "User", URN_V1_CORE, "meta", "created", true },
	{ "User", URN_V1_CORE, "meta", "attributes", true },
	{ "User", URN_V1_CORE, "meta", "resourceType", false },
	{ "User", URN_V1_CORE, "emails", "operation", true },
	{ "User", URN_V1_CORE, "emails", "primary", true },
	{ "User", URN_V1_CORE, "name", "operation", false },
	{ "User", URN_V1_CORE, "groups", "value", true },
	{ "User", URN_V1_CORE, "groups", "$ref", false },
	{ "User", URN_V1_CORE, "groups", "type", false },
	{ "User", URN_V1_CORE, "groups", "operation", false },
	{ "User", URN_V1_ENTERPRISE, "manager", "managerId", true },
	{ "User", URN_V1_ENTERPRISE, "manager", "value", false },
	{ "User", URN_ENTERPRISE, "manager", NULL, false },
	{ "User", URN_PINGONE, "state", NULL, true },
	{ "User", "urn:ex:ext:1.0:User", "sites", "operation", true },
	{ "Group", URN_V1_CORE, "members", "type", true },
	{ "Group", URN_V1_CORE, "members", "operation", true },
	{ "Group", URN_V1_CORE, "members", "$ref", false },
	{ "Group", URN_PINGONE, "createTimeStamp", NULL, true },
	{ "Group", URN_PINGONE, "state", NULL, false },
	{ "Group", URN_PINGONE, "passwordExpired", NULL, false },
	{ "Group", "urn:ex:team:1.0:Group", "purpose", NULL, true },
};

static void schemas_have_what_1_1_has(void)
{
	struct ctx *cx = test_ctx();
	const struct resource_type *const *known = custom_types(cx);
	const struct resource_type *const types[] = { known[KIND_USER], known[KIND_GROUP], NULL };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *row =
			row_of(json_get(schema_of(cx, types, rows[i].type), "attributes"),
				rows[i].urn, rows[i].attr);
		if (row && rows[i].sub)
			row = row_of(json_get(row, "subAttributes"), NULL, rows[i].sub);
		CU_ASSERT_EQUAL(row != NULL, rows[i].there);
	}
	test_ctx_free(cx);
}

static const struct {
	const char *id;
	const char *endpoint; /* NULL: there is none */
} ids[] = {
	{ "urn:scim:schemas:core:1.0:User", "/Users" },
	{ "URN:scim:schemas:core:1.0:group", "/Groups" },
	{ "User", "/Users" },
	{ "Group", "/Groups" },
	{ "urn:scim:schemas:core:1.0", NULL },
	{ "urn:scim:schemas:core:1.0:", NULL },
	{ URN_ENTERPRISE, NULL },
	{ "Users", NULL },
	{ "", NULL },
};

static void schemas_by_id(void)
{
	static const struct resource_type *const types[] = { &user_type, &group_type, NULL };
	struct ctx *cx = test_ctx();
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct json_object *schema = schema_of(cx, types, ids[i].id);
		CU_ASSERT_EQUAL(schema != NULL, ids[i].endpoint != NULL);
		if (schema && ids[i].endpoint)
			CU_ASSERT_STRING_EQUAL(
				json_get_string(schema, "endpoint"), ids[i].endpoint);
	}
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	CU_ASSERT_EQUAL(v1_schemas(cx, &buf, types, pingone.endpoints, NULL), SCIM_OK);
	struct json_object *list = parsed(cx, &buf);
	CU_ASSERT_EQUAL(json_object_get_int(json_get(list, "totalResults")), 2);
	struct json_object *group = json_object_array_get_idx(json_get(list, "Resources"), 1);
	CU_ASSERT_STRING_EQUAL(json_get_string(group, "endpoint"), "/group");
	test_ctx_free(cx);
}

CU_TestInfo v1_print_tests[] = {
	{ "the vectors hold", the_vectors_hold },
	{ "the order of members", order_of_members },
	{ "whatever is stored is printed", whatever_is_stored_is_printed },
	{ "a crowd is printed", a_crowd_is_printed },
	{ "lists", lists },
	{ "errors", errors },
	{ "configuration", configuration },
	{ "schemas have what 1.1 has", schemas_have_what_1_1_has },
	{ "schemas by their ids", schemas_by_id },
	CU_TEST_INFO_NULL,
};
