/* SPDX-License-Identifier: MIT */
/* Who may call: keys, OAuth clients, the environment they belong to, and what was done. */
#include "web/shapes.h"

#include "base/text.h"
#include "store/scope.h"

#define GIVEN (FIELD_CREATE | FIELD_UPDATE)

/* clang-format off */
static const struct field key_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_KEY, NULL) },
	{ MEMBER("environmentId", STRING, 0, EXAMPLE_ENVIRONMENT, NULL) },
	{ MEMBER("displayName", STRING, FIELD_CREATE, "Sync of accounts", NULL) },
	{ MEMBER("secretToken", STRING, 0, EXAMPLE_SECRET_KEY, "Shown when it is made; else \"\".") },
	{ MEMBER("hasManagementApiAccess", BOOLEAN, FIELD_CREATE, "false",
		"Has it the scope manage? Given without scopes, true stands for all of them and "
		"false for read.") },
	{ MEMBER("scopes", STRING, FIELD_MANY | FIELD_CREATE, "read", NULL), .values = scope_names },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("lastUsedAt", TIME, FIELD_NULL, NULL, "Within some minutes.") },
	{ 0 },
};
const struct shape key_shape = { OBJECT("APIKey", "A credential of the vendor's.", key_fields) };

static const struct field key_answer_fields[] = {
	{ MEMBER("apiKey", SHAPE, 0, NULL, NULL), .shape = &key_shape },
	{ 0 },
};
const struct shape key_answer = { OBJECT("APIKeyAnswer", NULL, key_answer_fields) };

static const struct field key_page_fields[] = {
	{ MEMBER("apiKeys", SHAPE, FIELD_MANY, NULL, NULL), .shape = &key_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape key_page = { OBJECT("APIKeyPage", NULL, key_page_fields) };

static const struct field environment_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_ENVIRONMENT, NULL) },
	{ MEMBER("displayName", STRING, FIELD_UPDATE, "Production", NULL) },
	{ MEMBER("applicationName", STRING, FIELD_UPDATE, "TimeSheet", "What setup pages call the product.") },
	{ MEMBER("logoUrl", STRING, FIELD_UPDATE, "https://vendor.example/logo.png", "On setup pages.") },
	{ MEMBER("returnUrl", STRING, FIELD_UPDATE, "https://vendor.example/settings",
		"Where setup pages lead in the end.") },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ 0 },
};
const struct shape environment_shape = {
	OBJECT("Environment", "What an API key sees, and nothing else.", environment_fields)
};

static const struct field environment_answer_fields[] = {
	{ MEMBER("environment", SHAPE, 0, NULL, NULL), .shape = &environment_shape },
	{ 0 },
};
const struct shape environment_answer = {
	OBJECT("EnvironmentAnswer", NULL, environment_answer_fields)
};

static const char *const actor_values[] = { "api_key", "console", "setup", "command_line", NULL };

static const struct field audit_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_AUDIT, "As in X-Request-Id.") },
	{ MEMBER("at", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("actor", STRING, 0, "api_key", NULL), .values = actor_values },
	{ MEMBER("actorId", STRING, 0, "",
		"The API key, or the organization whose setup link it was; \"\": not known.") },
	{ MEMBER("method", STRING, 0, "POST", NULL) },
	{ MEMBER("path", STRING, 0, "/v1/organizations", NULL) },
	{ MEMBER("status", INTEGER, 0, "200", NULL) },
	{ MEMBER("body", STRING, 0, "{\"displayName\":\"Initrode\"}", "Without secrets.") },
	{ MEMBER("detail", STRING, 0, "", "Why it failed.") },
	{ MEMBER("remoteAddress", STRING, 0, "192.0.2.7", NULL) },
	{ 0 },
};
static const struct shape audit_shape = {
	OBJECT("AuditEntry", "A change that somebody made, or tried to.", audit_fields)
};

static const struct field audit_page_fields[] = {
	{ MEMBER("auditEntries", SHAPE, FIELD_MANY, NULL, "The newest first."), .shape = &audit_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape audit_page = { OBJECT("AuditPage", NULL, audit_page_fields) };

static const struct field client_fields[] = {
	{ MEMBER("clientId", STRING, 0, EXAMPLE_CLIENT, NULL) },
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, NULL) },
	{ MEMBER("displayName", STRING, FIELD_CREATE, "Okta", NULL) },
	{ MEMBER("clientSecret", STRING, 0, EXAMPLE_CLIENT_SECRET, "Shown when it is made; else \"\".") },
	{ MEMBER("tokenUrl", STRING, 0, "https://rollcall.example/v1/oauth/token", NULL) },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("lastUsedAt", TIME, FIELD_NULL, NULL, NULL) },
	{ 0 },
};
const struct shape client_shape = {
	OBJECT("OAuthClient", "A second way to call a directory's SCIM server.", client_fields)
};

static const struct field client_answer_fields[] = {
	{ MEMBER("oauthClient", SHAPE, 0, NULL, NULL), .shape = &client_shape },
	{ 0 },
};
const struct shape client_answer = { OBJECT("OAuthClientAnswer", NULL, client_answer_fields) };

static const struct field client_page_fields[] = {
	{ MEMBER("oauthClients", SHAPE, FIELD_MANY, NULL, NULL), .shape = &client_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape client_page = { OBJECT("OAuthClientPage", NULL, client_page_fields) };

static const char *const grant_values[] = { "client_credentials", NULL };
static const char *const oauth_scopes[] = { "scim", NULL };

static const struct field grant_fields[] = {
	{ MEMBER("grant_type", STRING, FIELD_NEEDED, "client_credentials", NULL), .values = grant_values },
	{ MEMBER("client_id", STRING, FIELD_CREATE, EXAMPLE_CLIENT, "Here, or in Authorization.") },
	{ MEMBER("client_secret", STRING, FIELD_CREATE, EXAMPLE_CLIENT_SECRET, NULL) },
	{ MEMBER("scope", STRING, FIELD_CREATE, "scim", NULL), .values = oauth_scopes },
	{ 0 },
};
const struct shape grant_shape = { OBJECT("TokenRequest", "RFC 6749 section 4.4.2.", grant_fields) };

static const struct field access_token_fields[] = {
	{ MEMBER("access_token", STRING, 0, EXAMPLE_ACCESS_TOKEN, "A bearer token of the directory.") },
	{ MEMBER("token_type", STRING, 0, "Bearer", NULL) },
	{ MEMBER("expires_in", INTEGER, 0, "3600", "In seconds.") },
	{ 0 },
};
const struct shape access_token_shape = {
	OBJECT("TokenResponse", "RFC 6749 section 5.1.", access_token_fields)
};

static const struct field oauth_error_fields[] = {
	{ MEMBER("error", STRING, 0, "invalid_client", NULL) },
	{ MEMBER("error_description", STRING, 0, NULL, NULL) },
	{ 0 },
};
const struct shape oauth_error_shape = {
	OBJECT("OAuthError", "RFC 6749 section 5.2.", oauth_error_fields)
};
/* clang-format on */
