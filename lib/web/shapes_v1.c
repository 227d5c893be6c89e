/* SPDX-License-Identifier: MIT */
/* Messages of SCIM 1.1 (draft-scim-core-schema-01, draft-scim-api-01), and of PingOne's directory. */
#include "scim/v1.h"
#include "web/shapes.h"

#include "base/text.h"

/* clang-format off */
#define SCHEMAS { MEMBER("schemas", STRING, FIELD_MANY | FIELD_NEEDED, URN_V1_CORE, NULL) }

#define EXAMPLE_PERSON \
	"\"userName\":\"marcher\",\"name\":{\"familyName\":\"Archer\",\"givenName\":\"Meredith\"},\"active\":true," \
	"\"emails\":[{\"type\":\"work\",\"value\":\"meredith.archer@example.com\"}]"

#define EXAMPLE_MEMBERS "\"members\":[{\"value\":\"" EXAMPLE_V1_USER "\",\"type\":\"user\"}]"

/* What is behind the id. */
#define EXAMPLE_HEAD \
	"\"schemas\":[\"" URN_V1_CORE "\",\"" URN_PINGONE "\"],\"" URN_PINGONE "\":{" \
	"\"createTimeStamp\":1769144182000,\"lastModifiedTimeStamp\":1769144182000," \
	"\"accountId\":\"019be962-0b2a-7f31-a1d6-74c2b59e8d03\"," \
	"\"directoryId\":\"019be962-0b2c-7a58-b3f4-1c06d9e7a582\""

#define EXAMPLE_META(place) \
	",\"meta\":{\"created\":\"2026-01-23T04:56:22.000+00:00\"," \
	"\"lastModified\":\"2026-01-23T04:56:22.000+00:00\",\"location\":\"" EXAMPLE_V1_BASE place "\"," \
	"\"version\":\"W/\\\"1\\\"\"}}"

static const struct schema *const user_extensions[] = { &v1_enterprise, &v1_pingone, NULL };
static const struct schema *const group_extensions[] = { &v1_pingone, NULL };

static const struct resource_type v1_user = { .core = &user_schema, .extensions = user_extensions };
static const struct resource_type v1_group = { .core = &group_schema, .extensions = group_extensions };

const struct shape v1_user_shape = {
	.name = "V1User",
	.doc = "draft-scim-core-schema-01 section 6, with the enterprise extension and PingOne's. A password "
		"is taken and not kept.",
	.type = &v1_user,
	.example = {
		[PART_ANSWER] = "{\"id\":\"" EXAMPLE_V1_USER "\"," EXAMPLE_HEAD ",\"state\":\"ACTIVE\"},"
			EXAMPLE_PERSON EXAMPLE_META("/Users/" EXAMPLE_V1_USER),
		[PART_CREATE] = "{\"schemas\":[\"" URN_V1_CORE "\"],\"password\":\"2Federate\"," EXAMPLE_PERSON "}",
		[PART_UPDATE] = "{\"schemas\":[\"" URN_V1_CORE "\"],\"name\":{\"givenName\":\"Merry\"}}",
	},
};

const struct shape v1_group_shape = {
	.name = "V1Group",
	.doc = "draft-scim-core-schema-01 section 8, with PingOne's extension.",
	.type = &v1_group,
	.example = {
		[PART_ANSWER] = "{\"id\":\"" EXAMPLE_V1_GROUP "\"," EXAMPLE_HEAD "},"
			"\"displayName\":\"Software Developers\"" EXAMPLE_META("/Groups/" EXAMPLE_V1_GROUP),
		[PART_CREATE] = "{\"schemas\":[\"" URN_V1_CORE "\"],\"displayName\":\"Software Developers\"}",
		[PART_UPDATE] = "{" EXAMPLE_MEMBERS "}",
	},
};

#define LIST_FIELDS(of) \
	SCHEMAS, \
	{ MEMBER("totalResults", INTEGER, 0, "1", "How many there are, on all pages.") }, \
	{ MEMBER("itemsPerPage", INTEGER, 0, "1", "How many are here.") }, \
	{ MEMBER("startIndex", INTEGER, 0, "1", "Of the first one here, from 1.") }, \
	{ MEMBER("Resources", SHAPE, FIELD_MANY, NULL, NULL), .shape = (of) }
#define PINGONE_LIST_FIELDS(of) \
	LIST_FIELDS(of), \
	{ MEMBER("count", INTEGER, 0, "1", "As itemsPerPage.") }, \
	{ MEMBER("resources", SHAPE, FIELD_MANY, NULL, "As Resources."), .shape = (of) }
#define LIST(name, fields) OBJECT(name, "draft-scim-api-01 section 3.2.2.", fields)

static const struct field v1_user_list_fields[] = { LIST_FIELDS(&v1_user_shape), { 0 } };
const struct shape v1_user_list = { LIST("V1UserList", v1_user_list_fields) };

static const struct field v1_group_list_fields[] = { LIST_FIELDS(&v1_group_shape), { 0 } };
const struct shape v1_group_list = { LIST("V1GroupList", v1_group_list_fields) };

static const struct field pingone_user_list_fields[] = {
	PINGONE_LIST_FIELDS(&v1_user_shape), { 0 } };
const struct shape pingone_user_list = { LIST("PingOneUserList", pingone_user_list_fields) };

static const struct field pingone_group_list_fields[] = {
	PINGONE_LIST_FIELDS(&v1_group_shape), { 0 } };
const struct shape pingone_group_list = { LIST("PingOneGroupList", pingone_group_list_fields) };

static const struct field count_fields[] = {
	{ MEMBER("users", INTEGER, 0, "1", NULL) },
	{ 0 },
};
const struct shape count_shape = { OBJECT("UserCount", NULL, count_fields) };

static const struct field bulk_feature_fields[] = {
	{ MEMBER("supported", BOOLEAN, 0, "false", NULL) },
	{ MEMBER("maxOperations", INTEGER, 0, "0", NULL) },
	{ MEMBER("maxPayloadSize", INTEGER, 0, "0", "In bytes.") },
	{ 0 },
};
static const struct shape bulk_feature_shape = { OBJECT("V1BulkFeature", NULL, bulk_feature_fields) };

static const struct field scheme_fields[] = {
	{ MEMBER("type", STRING, 0, "httpbasic", NULL) },
	{ MEMBER("name", STRING, 0, "HTTP Basic", NULL) },
	{ MEMBER("description", STRING, 0, "The account as the user, the bearer token as the password", NULL) },
	{ MEMBER("specUrl", STRING, FIELD_MAYBE, "https://www.rfc-editor.org/info/rfc7617", NULL) },
	{ MEMBER("documentationUrl", STRING, FIELD_MAYBE, NULL, NULL) },
	{ MEMBER("primary", BOOLEAN, FIELD_MAYBE, "true", NULL) },
	{ 0 },
};
static const struct shape scheme_shape = { OBJECT("V1AuthenticationScheme", NULL, scheme_fields) };

static const struct field config_fields[] = {
	SCHEMAS,
	{ MEMBER("documentationUrl", STRING, FIELD_MAYBE, NULL, NULL) },
	{ MEMBER("patch", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("bulk", SHAPE, 0, NULL, NULL), .shape = &bulk_feature_shape },
	{ MEMBER("filter", SHAPE, 0, NULL, NULL), .shape = &filter_feature_shape },
	{ MEMBER("changePassword", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("sort", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("etag", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("xmlDataFormat", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("authenticationSchemes", SHAPE, FIELD_MANY, NULL, NULL), .shape = &scheme_shape },
	{ 0 },
};
const struct shape v1_config_shape = {
	OBJECT("ServiceProviderConfigs", "draft-scim-core-schema-01 section 9.", config_fields) };

static const struct shape attribute_shape;
static const struct field attribute_fields[] = {
	{ MEMBER("name", STRING, 0, "userName", NULL) },
	{ MEMBER("type", STRING, 0, "string", NULL) },
	{ MEMBER("multiValued", BOOLEAN, 0, "false", NULL) },
	{ MEMBER("multiValuedAttributeChildName", STRING, FIELD_MAYBE, NULL, NULL) },
	{ MEMBER("description", STRING, 0, "Identifies the user.", NULL) },
	{ MEMBER("schema", STRING, FIELD_MAYBE, URN_V1_CORE, "Of sub-attributes: that of the attribute.") },
	{ MEMBER("readOnly", BOOLEAN, 0, "false", NULL) },
	{ MEMBER("required", BOOLEAN, 0, "true", NULL) },
	{ MEMBER("caseExact", BOOLEAN, 0, "false", NULL) },
	{ MEMBER("subAttributes", SHAPE, FIELD_MANY | FIELD_MAYBE, NULL, "Of a complex one."),
		.shape = &attribute_shape },
	{ MEMBER("canonicalValues", STRING, FIELD_MANY | FIELD_MAYBE, NULL, "Of a sub-attribute.") },
	{ 0 },
};
static const struct shape attribute_shape = {
	OBJECT("V1Attribute", "draft-scim-core-schema-01 section 10.", attribute_fields) };

static const struct field schema_v1_fields[] = {
	{ MEMBER("id", STRING, 0, URN_V1_CORE ":User", NULL) },
	{ MEMBER("name", STRING, 0, "User", NULL) },
	{ MEMBER("description", STRING, 0, "User Account", NULL) },
	{ MEMBER("schema", STRING, 0, URN_V1_CORE, NULL) },
	{ MEMBER("endpoint", STRING, 0, "/Users", NULL) },
	{ MEMBER("attributes", SHAPE, FIELD_MANY, NULL, NULL), .shape = &attribute_shape },
	{ 0 },
};
const struct shape v1_schema_shape = {
	OBJECT("V1Schema", "draft-scim-core-schema-01 section 10.", schema_v1_fields) };

static const struct field schema_list_fields[] = { LIST_FIELDS(&v1_schema_shape), { 0 } };
const struct shape v1_schema_list = { LIST("V1SchemaList", schema_list_fields) };

static const struct field error_fields[] = {
	{ MEMBER("description", STRING, 0, NULL, "What to change.") },
	{ MEMBER("code", STRING, 0, NULL, "The status.") },
	{ 0 },
};
static const struct shape one_error_shape = { OBJECT("V1Error", NULL, error_fields) };

static const struct field v1_error_fields[] = {
	{ MEMBER("Errors", SHAPE, FIELD_MANY, NULL, NULL), .shape = &one_error_shape },
	{ 0 },
};
const struct shape v1_error_shape = {
	OBJECT("V1Errors", "draft-scim-api-01 section 3.9.", v1_error_fields) };
/* clang-format on */
