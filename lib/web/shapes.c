/* SPDX-License-Identifier: MIT */
/* Objects of the management API, by noun. */
#include "web/shapes.h"

#include "base/text.h"

#define GIVEN (FIELD_CREATE | FIELD_UPDATE)

/* clang-format off */
static const struct field organization_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_ORGANIZATION, "Given by the server.") },
	{ MEMBER("environmentId", STRING, 0, EXAMPLE_ENVIRONMENT, "That of the API key.") },
	{ MEMBER("displayName", STRING, GIVEN, "Initrode", "At most 1024 bytes.") },
	{ MEMBER("externalId", STRING, GIVEN, "customer-7",
		"Your id of this customer, unique in the environment, opaque; \"\" is none.") },
	{ MEMBER("domains", STRING, FIELD_MANY | GIVEN, "initrode.example",
		"Mail domains, at most 1000, stored in lower case, answered sorted.") },
	{ 0 },
};
const struct shape organization_shape = { OBJECT("Organization", "A customer of the vendor.", organization_fields) };

static const struct field organization_answer_fields[] = {
	{ MEMBER("organization", SHAPE, 0, NULL, NULL), .shape = &organization_shape },
	{ 0 },
};
const struct shape organization_answer = { OBJECT("OrganizationAnswer", NULL, organization_answer_fields) };

static const struct field organization_page_fields[] = {
	{ MEMBER("organizations", SHAPE, FIELD_MANY, NULL, NULL), .shape = &organization_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape organization_page = { OBJECT("OrganizationPage", NULL, organization_page_fields) };

static const struct field directory_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_DIRECTORY, "Given by the server.") },
	{ MEMBER("organizationId", STRING, FIELD_NEEDED, EXAMPLE_ORGANIZATION, "Whose directory it is.") },
	{ MEMBER("primary", BOOLEAN, GIVEN, "true",
		"At most one of an organization; the first one made is it.") },
	{ MEMBER("scimBaseUrl", STRING, 0, EXAMPLE_BASE, "What the identity provider is given.") },
	{ MEMBER("scim1BaseUrl", STRING, 0, EXAMPLE_V1_BASE,
		"What one that speaks SCIM 1.1 is given; the user name is accountId, the password the "
		"bearer token.") },
	{ MEMBER("pingOneBaseUrl", STRING, 0, EXAMPLE_PINGONE_BASE,
		"The same for a client of PingOne for Enterprise's directory API.") },
	{ MEMBER("accountId", STRING, 0, EXAMPLE_ACCOUNT, "The organization's id as a UUID.") },
	{ MEMBER("hasClientBearerToken", BOOLEAN, 0, "false", "Is there a valid token?") },
	{ MEMBER("enabled", BOOLEAN, GIVEN, "true", "False: its tokens get 403.") },
	{ MEMBER("strict", BOOLEAN, GIVEN, "false", "Refuse deviations from the RFCs.") },
	{ 0 },
};
const struct shape directory_shape = { OBJECT("SCIMDirectory", "A tenant of the SCIM server.", directory_fields) };

static const struct field directory_answer_fields[] = {
	{ MEMBER("scimDirectory", SHAPE, 0, NULL, NULL), .shape = &directory_shape },
	{ 0 },
};
const struct shape directory_answer = { OBJECT("SCIMDirectoryAnswer", NULL, directory_answer_fields) };

static const struct field directory_page_fields[] = {
	{ MEMBER("scimDirectories", SHAPE, FIELD_MANY, NULL, NULL), .shape = &directory_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape directory_page = { OBJECT("SCIMDirectoryPage", NULL, directory_page_fields) };

static const struct field rotation_fields[] = {
	{ MEMBER("overlapSeconds", INTEGER, FIELD_CREATE, "0",
		"How long the tokens until now stay valid: 0 to 2592000."), .max = 2592000 },
	{ 0 },
};
const struct shape rotation_shape = { OBJECT("TokenRotation", NULL, rotation_fields) };

static const struct field token_answer_fields[] = {
	{ MEMBER("bearerToken", STRING, 0, EXAMPLE_TOKEN, "Shown once.") },
	{ 0 },
};
const struct shape token_answer = { OBJECT("BearerTokenAnswer", NULL, token_answer_fields) };

/* A custom schema has neither schemas nor meta. */
static const struct shape definition_shape = { OBJECT("SchemaDefinition", "A schema as RFC 7643 section 7 writes it.", schema_fields) };

static const char *const type_values[] = { "User", "Group", NULL };

static const struct field custom_fields[] = {
	{ MEMBER("resourceType", STRING, FIELD_NEEDED, "User", "Whose extension it is."), .values = type_values },
	{ MEMBER("required", BOOLEAN, FIELD_CREATE, "false", "Must every resource of the type have it?") },
	{ MEMBER("schema", SHAPE, FIELD_NEEDED, NULL, NULL), .shape = &definition_shape },
	{ 0 },
};
const struct shape custom_shape = { OBJECT("CustomSchema", "An extension of a directory's users or groups.", custom_fields) };

static const struct field custom_list_fields[] = {
	{ MEMBER("schemas", SHAPE, FIELD_MANY, NULL, "The oldest first."), .shape = &custom_shape },
	{ 0 },
};
const struct shape custom_list = { OBJECT("CustomSchemaList", NULL, custom_list_fields) };

static const struct field setup_fields[] = {
	{ MEMBER("organizationId", STRING, FIELD_NEEDED, EXAMPLE_ORGANIZATION, "Whose admin it is for.") },
	{ MEMBER("canManageScim", BOOLEAN, FIELD_CREATE, "true", "Must not be false.") },
	{ MEMBER("canManageSaml", BOOLEAN, FIELD_CREATE, "false", "Must not be true.") },
	{ 0 },
};
const struct shape setup_shape = { OBJECT("SetupLink", NULL, setup_fields) };

static const struct field setup_answer_fields[] = {
	{ MEMBER("url", STRING, 0, "https://rollcall.example/setup#token=" EXAMPLE_SETUP_TOKEN,
		"For 24 hours and one use.") },
	{ 0 },
};
const struct shape setup_answer = { OBJECT("SetupLinkAnswer", NULL, setup_answer_fields) };

static const char *const status_values[] = { "live", "ready", NULL };

static const struct field status_fields[] = {
	{ MEMBER("status", STRING, 0, "live", NULL), .values = status_values },
	{ 0 },
};
const struct shape status_shape = { OBJECT("Health", NULL, status_fields) };

static const struct field empty_fields[] = { { 0 } };
const struct shape empty_shape = { OBJECT("Empty", "Nothing to say.", empty_fields) };

static const struct field openapi_fields[] = {
	{ MEMBER("openapi", STRING, 0, "3.1.1", NULL) },
	{ MEMBER("info", OBJECT, 0, "{}", NULL) },
	{ MEMBER("servers", OBJECT, FIELD_MANY, NULL, NULL) },
	{ MEMBER("tags", OBJECT, FIELD_MANY, NULL, NULL) },
	{ MEMBER("paths", OBJECT, 0, "{}", NULL) },
	{ MEMBER("webhooks", OBJECT, 0, "{}", NULL) },
	{ MEMBER("components", OBJECT, 0, "{}", NULL) },
	{ 0 },
};
const struct shape openapi_shape = { OBJECT("OpenAPI", "OpenAPI Specification 3.1.", openapi_fields) };

static const struct field rpc_status_fields[] = {
	{ MEMBER("code", INTEGER, 0, "5", "A google.rpc.Code.") },
	{ MEMBER("message", STRING, 0, "organization not found", "What is wrong.") },
	{ MEMBER("details", OBJECT, FIELD_MANY, NULL, "Empty.") },
	{ 0 },
};
const struct shape rpc_status_shape = { OBJECT("Error", "A google.rpc.Status.", rpc_status_fields) };
/* clang-format on */
