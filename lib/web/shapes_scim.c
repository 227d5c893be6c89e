/* SPDX-License-Identifier: MIT */
/* Messages of SCIM: RFC 7643 sections 5 to 7, RFC 7644 section 3, RFC 9865. */
#include "scim/message.h"
#include "web/shapes.h"

#include "base/text.h"

/* clang-format off */
#define SCHEMAS(urn) { MEMBER("schemas", STRING, FIELD_MANY | FIELD_NEEDED, urn, NULL) }

#define EXAMPLE_PERSON \
	"\"userName\":\"bjensen@example.com\",\"name\":{\"familyName\":\"Jensen\",\"givenName\":\"Barbara\"}," \
	"\"displayName\":\"Babs Jensen\",\"active\":true,\"emails\":[{\"value\":\"bjensen@example.com\"," \
	"\"type\":\"work\",\"primary\":true}],\"" URN_ENTERPRISE "\":{\"employeeNumber\":\"701984\"," \
	"\"department\":\"Tour Operations\"}"

#define EXAMPLE_META(type, place) \
	",\"meta\":{\"resourceType\":\"" type "\",\"created\":\"2026-01-23T04:56:22.000Z\"," \
	"\"lastModified\":\"2026-01-23T04:56:22.000Z\",\"location\":\"" EXAMPLE_BASE place "\"," \
	"\"version\":\"W/\\\"1\\\"\"}}"

const struct shape user_shape = {
	.name = "User",
	.doc = "RFC 7643 section 4.1, with the enterprise extension. A directory's custom schemas "
		"are members beside it.",
	.type = &user_type,
	.example = {
		[PART_ANSWER] = "{\"schemas\":[\"" URN_USER "\",\"" URN_ENTERPRISE "\"],\"id\":\"" EXAMPLE_USER "\","
			EXAMPLE_PERSON EXAMPLE_META("User", "/Users/" EXAMPLE_USER),
		[PART_CREATE] = "{\"schemas\":[\"" URN_USER "\",\"" URN_ENTERPRISE "\"]," EXAMPLE_PERSON "}",
	},
};

const struct shape group_shape = {
	.name = "Group",
	.doc = "RFC 7643 section 4.2.",
	.type = &group_type,
	.example = {
		[PART_ANSWER] = "{\"schemas\":[\"" URN_GROUP "\"],\"id\":\"" EXAMPLE_GROUP "\","
			"\"displayName\":\"Tour Guides\",\"members\":[{\"value\":\"" EXAMPLE_USER "\",\"$ref\":\""
			EXAMPLE_BASE "/Users/" EXAMPLE_USER "\",\"type\":\"User\",\"display\":\"Babs Jensen\"}]"
			EXAMPLE_META("Group", "/Groups/" EXAMPLE_GROUP),
		[PART_CREATE] = "{\"schemas\":[\"" URN_GROUP "\"],\"displayName\":\"Tour Guides\","
			"\"members\":[{\"value\":\"" EXAMPLE_USER "\"}]}",
	},
};

static const struct shape *const resource_shapes[] = { &user_shape, &group_shape, NULL };
static const struct shape resource_shape = { .name = "Resource", .doc = "A user or a group.", .any = resource_shapes };

#define LIST_FIELDS(of) \
	SCHEMAS(URN_MESSAGE_LIST), \
	{ MEMBER("totalResults", INTEGER, 0, "1", "How many there are, on all pages.") }, \
	{ MEMBER("startIndex", INTEGER, FIELD_MAYBE, "1", "Of the first one here, from 1.") }, \
	{ MEMBER("itemsPerPage", INTEGER, 0, "1", "How many are here.") }, \
	{ MEMBER("nextCursor", STRING, FIELD_MAYBE, NULL, "Where a cursor goes on.") }, \
	{ MEMBER("Resources", SHAPE, FIELD_MANY, NULL, NULL), .shape = (of) }, \
	{ 0 }

static const struct field user_list_fields[] = { LIST_FIELDS(&user_shape) };
const struct shape user_list = { OBJECT("UserList", "RFC 7644 section 3.4.2.", user_list_fields) };

static const struct field group_list_fields[] = { LIST_FIELDS(&group_shape) };
const struct shape group_list = { OBJECT("GroupList", "RFC 7644 section 3.4.2.", group_list_fields) };

static const struct field resource_list_fields[] = { LIST_FIELDS(&resource_shape) };
const struct shape resource_list = { OBJECT("ResourceList", "RFC 7644 section 3.4.2.1.", resource_list_fields) };

static const char *const op_values[] = { "add", "replace", "remove", NULL };

static const struct field patch_operation_fields[] = {
	{ MEMBER("op", STRING, FIELD_NEEDED, "replace", NULL), .values = op_values },
	{ MEMBER("path", STRING, FIELD_CREATE, "displayName", "Absent: value holds attributes.") },
	{ MEMBER("value", ANY, FIELD_CREATE, "\"Babs\"", "Of the attribute.") },
	{ 0 },
};
static const struct shape patch_operation_shape = { OBJECT("PatchOperation", NULL, patch_operation_fields) };

static const struct field patch_fields[] = {
	SCHEMAS(URN_MESSAGE_PATCH),
	{ MEMBER("Operations", SHAPE, FIELD_MANY | FIELD_NEEDED, NULL, "All or none happen."), .shape = &patch_operation_shape },
	{ 0 },
};
const struct shape patch_shape = { OBJECT("PatchOp", "RFC 7644 section 3.5.2.", patch_fields) };

static const char *const order_values[] = { "ascending", "descending", NULL };

static const struct field search_fields[] = {
	SCHEMAS(URN_MESSAGE_SEARCH),
	{ MEMBER("attributes", STRING, FIELD_MANY | FIELD_CREATE, "displayName", "Answer these alone.") },
	{ MEMBER("excludedAttributes", STRING, FIELD_MANY | FIELD_CREATE, NULL, "Answer these not.") },
	{ MEMBER("filter", STRING, FIELD_CREATE, "displayName sw \"B\"", NULL) },
	{ MEMBER("sortBy", STRING, FIELD_CREATE, "displayName", NULL) },
	{ MEMBER("sortOrder", STRING, FIELD_CREATE, "ascending", NULL), .values = order_values },
	{ MEMBER("startIndex", INTEGER, FIELD_CREATE, "1", NULL) },
	{ MEMBER("count", INTEGER, FIELD_CREATE, "100", NULL) },
	{ MEMBER("cursor", STRING, FIELD_CREATE, NULL, "\"\" begins, nextCursor goes on.") },
	{ 0 },
};
const struct shape search_shape = { OBJECT("SearchRequest", "RFC 7644 section 3.4.3.", search_fields) };

static const char *const method_values[] = { "POST", "PUT", "PATCH", "DELETE", NULL };

static const struct field bulk_operation_fields[] = {
	{ MEMBER("method", STRING, FIELD_NEEDED, "POST", NULL), .values = method_values },
	{ MEMBER("path", STRING, FIELD_NEEDED, "/Users", "Below the base URL.") },
	{ MEMBER("bulkId", STRING, FIELD_CREATE, "ann", "Of a POST; others refer to it as bulkId:ann.") },
	{ MEMBER("version", STRING, FIELD_CREATE, NULL, "As If-Match.") },
	{ MEMBER("data", OBJECT, FIELD_CREATE,
		"{\"schemas\":[\"" URN_USER "\"],\"userName\":\"ann@example.com\"}", "The body.") },
	{ 0 },
};
static const struct shape bulk_operation_shape = { OBJECT("BulkOperation", NULL, bulk_operation_fields) };

static const struct field bulk_fields[] = {
	SCHEMAS(URN_MESSAGE_BULK),
	{ MEMBER("failOnErrors", INTEGER, FIELD_CREATE, "1", "Stop after as many errors.") },
	{ MEMBER("Operations", SHAPE, FIELD_MANY | FIELD_NEEDED, NULL, NULL), .shape = &bulk_operation_shape },
	{ 0 },
};
const struct shape bulk_shape = { OBJECT("BulkRequest", "RFC 7644 section 3.7.", bulk_fields) };

static const struct field bulk_result_fields[] = {
	{ MEMBER("location", STRING, FIELD_MAYBE, EXAMPLE_BASE "/Users/scim_user_03ha21o2a6k1r9x3d8f4h0vqs",
		"Of the resource.") },
	{ MEMBER("method", STRING, FIELD_MAYBE, "POST", NULL) },
	{ MEMBER("bulkId", STRING, FIELD_MAYBE, "ann", NULL) },
	{ MEMBER("version", STRING, FIELD_MAYBE, "W/\"1\"", "Its entity tag.") },
	{ MEMBER("status", STRING, 0, "201", "Of the operation.") },
	{ MEMBER("response", SHAPE, FIELD_MAYBE, NULL, "What is wrong."), .shape = &scim_error_shape },
	{ 0 },
};
static const struct shape bulk_result_shape = { OBJECT("BulkResult", NULL, bulk_result_fields) };

static const struct field bulk_answer_fields[] = {
	SCHEMAS(URN_MESSAGE_BULK_RESPONSE),
	{ MEMBER("Operations", SHAPE, FIELD_MANY, NULL, NULL), .shape = &bulk_result_shape },
	{ 0 },
};
const struct shape bulk_answer = { OBJECT("BulkResponse", "RFC 7644 section 3.7.", bulk_answer_fields) };

static const struct field meta_fields[] = {
	{ MEMBER("resourceType", STRING, 0, "Schema", NULL) },
	{ MEMBER("location", STRING, 0, EXAMPLE_BASE "/Schemas/" URN_USER, NULL) },
	{ 0 },
};
static const struct shape meta_shape = { OBJECT("DiscoveryMeta", NULL, meta_fields) };

#define META { MEMBER("meta", SHAPE, 0, NULL, NULL), .shape = &meta_shape }

static const struct field feature_fields[] = {
	{ MEMBER("supported", BOOLEAN, 0, "true", NULL) },
	{ 0 },
};
const struct shape feature_shape = { OBJECT("Feature", NULL, feature_fields) };

static const struct field bulk_feature_fields[] = {
	{ MEMBER("supported", BOOLEAN, 0, "true", NULL) },
	{ MEMBER("maxOperations", INTEGER, 0, "1000", NULL) },
	{ MEMBER("maxPayloadSize", INTEGER, 0, "1048576", "In bytes.") },
	{ 0 },
};
static const struct shape bulk_feature_shape = { OBJECT("BulkFeature", NULL, bulk_feature_fields) };

static const struct field filter_feature_fields[] = {
	{ MEMBER("supported", BOOLEAN, 0, "true", NULL) },
	{ MEMBER("maxResults", INTEGER, 0, "1000", NULL) },
	{ 0 },
};
const struct shape filter_feature_shape = { OBJECT("FilterFeature", NULL, filter_feature_fields) };

static const struct field pagination_fields[] = {
	{ MEMBER("cursor", BOOLEAN, 0, "true", NULL) },
	{ MEMBER("index", BOOLEAN, 0, "true", NULL) },
	{ MEMBER("defaultPaginationMethod", STRING, 0, "index", NULL) },
	{ MEMBER("defaultPageSize", INTEGER, 0, "100", NULL) },
	{ MEMBER("maxPageSize", INTEGER, 0, "1000", NULL) },
	{ MEMBER("cursorTimeout", INTEGER, 0, "3600", "In seconds.") },
	{ 0 },
};
static const struct shape pagination_shape = { OBJECT("Pagination", "RFC 9865 section 4.", pagination_fields) };

static const struct field scheme_fields[] = {
	{ MEMBER("type", STRING, 0, "oauthbearertoken", NULL) },
	{ MEMBER("name", STRING, 0, "OAuth Bearer Token", NULL) },
	{ MEMBER("description", STRING, 0, "A bearer token in the Authorization header", NULL) },
	{ MEMBER("specUri", STRING, FIELD_MAYBE, "https://www.rfc-editor.org/info/rfc6750", NULL) },
	{ MEMBER("documentationUri", STRING, FIELD_MAYBE, NULL, NULL) },
	{ MEMBER("primary", BOOLEAN, FIELD_MAYBE, "true", NULL) },
	{ 0 },
};
static const struct shape scheme_shape = { OBJECT("AuthenticationScheme", NULL, scheme_fields) };

static const struct field config_fields[] = {
	SCHEMAS("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
	{ MEMBER("documentationUri", STRING, FIELD_MAYBE, NULL, NULL) },
	{ MEMBER("patch", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("bulk", SHAPE, 0, NULL, NULL), .shape = &bulk_feature_shape },
	{ MEMBER("filter", SHAPE, 0, NULL, NULL), .shape = &filter_feature_shape },
	{ MEMBER("changePassword", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("sort", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("etag", SHAPE, 0, NULL, NULL), .shape = &feature_shape },
	{ MEMBER("pagination", SHAPE, 0, NULL, NULL), .shape = &pagination_shape },
	{ MEMBER("authenticationSchemes", SHAPE, FIELD_MANY, NULL, NULL), .shape = &scheme_shape },
	META,
	{ 0 },
};
const struct shape config_shape = { OBJECT("ServiceProviderConfig", "RFC 7643 section 5, RFC 9865 section 4.", config_fields) };

static const struct field extension_fields[] = {
	{ MEMBER("schema", STRING, 0, URN_ENTERPRISE, NULL) },
	{ MEMBER("required", BOOLEAN, 0, "false", NULL) },
	{ 0 },
};
static const struct shape extension_shape = { OBJECT("SchemaExtension", NULL, extension_fields) };

static const struct field resource_type_fields[] = {
	SCHEMAS("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
	{ MEMBER("id", STRING, 0, "User", NULL) },
	{ MEMBER("name", STRING, 0, "User", NULL) },
	{ MEMBER("endpoint", STRING, 0, "/Users", NULL) },
	{ MEMBER("description", STRING, 0, "User Account", NULL) },
	{ MEMBER("schema", STRING, 0, URN_USER, NULL) },
	{ MEMBER("schemaExtensions", SHAPE, FIELD_MANY, NULL, NULL), .shape = &extension_shape },
	META,
	{ 0 },
};
const struct shape resource_type_shape = { OBJECT("ResourceType", "RFC 7643 section 6.", resource_type_fields) };

static const struct field resource_type_list_fields[] = { LIST_FIELDS(&resource_type_shape) };
const struct shape resource_type_list = { OBJECT("ResourceTypeList", NULL, resource_type_list_fields) };

/* The characteristics of RFC 7643 section 7; in a custom schema all but the name have defaults. */
static const struct shape attribute_shape;
static const struct field attribute_fields[] = {
	{ MEMBER("name", STRING, FIELD_NEEDED, "badge", NULL) },
	{ MEMBER("type", STRING, FIELD_CREATE, "string", NULL), .values = attr_type_names },
	{ MEMBER("subAttributes", SHAPE, FIELD_MANY | FIELD_MAYBE | FIELD_CREATE, NULL,
		"Of a complex one."), .shape = &attribute_shape },
	{ MEMBER("multiValued", BOOLEAN, FIELD_CREATE, "false", NULL) },
	{ MEMBER("description", STRING, FIELD_CREATE, "badge", NULL) },
	{ MEMBER("required", BOOLEAN, FIELD_CREATE, "true", NULL) },
	{ MEMBER("canonicalValues", STRING, FIELD_MANY | FIELD_MAYBE | FIELD_CREATE, NULL, NULL) },
	{ MEMBER("caseExact", BOOLEAN, FIELD_CREATE, "true", NULL) },
	{ MEMBER("mutability", STRING, FIELD_CREATE, "readWrite", NULL), .values = attr_mutability_names },
	{ MEMBER("returned", STRING, FIELD_CREATE, "default", NULL), .values = attr_returned_names },
	{ MEMBER("uniqueness", STRING, FIELD_CREATE, "none", NULL), .values = attr_uniqueness_names },
	{ MEMBER("referenceTypes", STRING, FIELD_MANY | FIELD_MAYBE | FIELD_CREATE, NULL, NULL) },
	{ 0 },
};
static const struct shape attribute_shape = { OBJECT("Attribute", "RFC 7643 section 7.", attribute_fields) };

#define SCHEMA_FIELDS \
	{ MEMBER("id", STRING, FIELD_NEEDED, EXAMPLE_SCHEMA, "Its URN.") }, \
	{ MEMBER("name", STRING, FIELD_CREATE, "HR", NULL) }, \
	{ MEMBER("description", STRING, FIELD_MAYBE | FIELD_CREATE, NULL, NULL) }, \
	{ MEMBER("attributes", SHAPE, FIELD_MANY | FIELD_NEEDED, NULL, NULL), .shape = &attribute_shape }

const struct field schema_fields[] = { SCHEMA_FIELDS, { 0 } };

static const struct field scim_schema_fields[] = {
	SCHEMAS("urn:ietf:params:scim:schemas:core:2.0:Schema"), SCHEMA_FIELDS, META, { 0 },
};
const struct shape schema_shape = { OBJECT("Schema", "RFC 7643 section 7.", scim_schema_fields) };

static const struct field schema_list_fields[] = { LIST_FIELDS(&schema_shape) };
const struct shape schema_list = { OBJECT("SchemaList", NULL, schema_list_fields) };

static const struct field scim_error_fields[] = {
	SCHEMAS(URN_MESSAGE_ERROR),
	{ MEMBER("status", STRING, 0, NULL, NULL) },
	{ MEMBER("scimType", STRING, FIELD_MAYBE, NULL, NULL) },
	{ MEMBER("detail", STRING, 0, NULL, "What to change.") },
	{ 0 },
};
const struct shape scim_error_shape = { OBJECT("SCIMError", "RFC 7644 section 3.12.", scim_error_fields) };
/* clang-format on */
