/* SPDX-License-Identifier: MIT */
/* One row for each route. */
#include "web/usage.h"

#include "base/text.h"
#include "scim/v1.h"
#include "store/feed.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/shapes.h"

static const struct tag organizations = { "Organizations", "The vendor's customers." };
static const struct tag directories = { "SCIM directories",
	"Tenants of the SCIM server, and their bearer tokens." };
static const struct tag schemas = { "Custom schemas", "Extensions of a directory's own." };
static const struct tag events = { "Events", "Every change, in an order without gaps." };
static const struct tag reading = { "Users and groups",
	"What identity providers have written, for the application. Who was deleted or deactivated "
	"is told as deleted." };
static const struct tag requests = { "Request log",
	"What identity providers have asked for, and what they were answered." };
static const struct tag oauth = { "OAuth",
	"Client credentials (RFC 6749 section 4.4), for providers that want them." };
static const struct tag access = { "Access",
	"API keys, the environment that they belong to, and what was changed by whom." };
static const struct tag setup = { "Setup links",
	"Pages on which a customer's IT admin connects the identity provider." };
static const struct tag webhooks = { "Webhooks",
	"Events by POST, in order, at least once, signed as standardwebhooks.com says." };
static const struct tag scim = { "SCIM 2.0",
	"What identity providers call: RFC 7643, RFC 7644, RFC 9865. Below "
	"`/v1/scim/{directory}`, or below `/scim/v2`, where the token alone names the directory." };
static const struct tag scim1 = { "SCIM 1.1",
	"The same resources by draft-scim-api-01, below `/scim/v1`." };
static const struct tag pingone_tag = { "PingOne directory",
	"The same resources as PingOne's directory API has them, below `/api/directory`. Locations are "
	"`/v1/user/{id}` and `/v1/group/{id}`." };
static const struct tag health = { "Health", "For load balancers, and this document." };

const struct tag *const tags[] = { &organizations, &directories, &schemas, &events, &reading,
	&requests, &oauth, &access, &setup, &webhooks, &scim, &scim1, &pingone_tag, &health, NULL };

const struct shape *const face_errors[FACE__MAX] = {
	[FACE_SCIM] = &scim_error_shape,
	[FACE_SCIM1] = &v1_error_shape,
	[FACE_PINGONE] = &v1_error_shape,
	[FACE_OAUTH] = &oauth_error_shape,
	[FACE_MANAGEMENT] = &rpc_status_shape,
};

/* clang-format off */
static const char *const order_values[] = { "ascending", "descending", NULL };

#define PAGE \
	{ MEMBER("pageSize", INTEGER, 0, "10", "Default 100."), .min = 1, .max = PAGE_MAX }, \
	{ MEMBER("pageToken", STRING, 0, "", "A nextPageToken; absent or empty: the first page.") }
#define PROJECTION \
	{ MEMBER("attributes", STRING, 0, "displayName", "Answer these alone; separated by commas.") }, \
	{ MEMBER("excludedAttributes", STRING, 0, "meta", "Answer these not; separated by commas.") }

static const struct field page[] = { PAGE, { 0 } };

static const struct field directory_list_parameters[] = {
	{ MEMBER("organizationId", STRING, 0, EXAMPLE_ORGANIZATION, "Those of this organization.") },
	PAGE, { 0 },
};

static const struct field event_parameters[] = {
	{ MEMBER("after", STRING, 0, "0", "Behind this position; absent: from the oldest that is kept.") },
	{ MEMBER("limit", INTEGER, 0, "10", "Default 100."), .min = 1, .max = FEED_PAGE_MAX },
	{ MEMBER("organizationId", STRING, 0, EXAMPLE_ORGANIZATION, "Those of this organization.") },
	{ MEMBER("organizationExternalId", STRING, 0, "customer-7", "The same.") },
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, "Those of this directory.") },
	{ MEMBER("type", STRING, 0, "user.created,user.updated",
		"Of these types, separated by commas; may be given more than once.") },
	{ 0 },
};

/* Which directory: of an organization it is the primary one. */
#define SELECTORS \
	{ MEMBER("scimDirectoryId", STRING, FIELD_EITHER, EXAMPLE_DIRECTORY, \
		"This directory's. One of the three must be given.") }, \
	{ MEMBER("organizationId", STRING, FIELD_EITHER, EXAMPLE_ORGANIZATION, \
		"Those of the organization's primary directory.") }, \
	{ MEMBER("organizationExternalId", STRING, FIELD_EITHER, "customer-7", "The same.") }
#define IN_DIRECTORY \
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, "In this directory alone.") }

static const struct field user_read_parameters[] = {
	SELECTORS,
	{ MEMBER("scimGroupId", STRING, 0, EXAMPLE_GROUP, "Members of this group.") },
	{ MEMBER("email", STRING, 0, "bjensen@example.com", "With this address.") },
	{ MEMBER("updatedSince", TIME, 0, EXAMPLE_TIME, "Changed, or deleted, at or after.") },
	PAGE, { 0 },
};

static const struct field group_read_parameters[] = {
	SELECTORS,
	{ MEMBER("userId", STRING, 0, EXAMPLE_USER, "With this member.") },
	{ MEMBER("updatedSince", TIME, 0, EXAMPLE_TIME, "Changed, or deleted, at or after.") },
	PAGE, { 0 },
};

static const struct field one_parameters[] = { IN_DIRECTORY, { 0 } };
static const struct field detail_parameters[] = { IN_DIRECTORY, PAGE, { 0 } };

static const struct field request_parameters[] = {
	SELECTORS,
	{ MEMBER("since", TIME, 0, EXAMPLE_TIME, "At or after.") },
	{ MEMBER("until", TIME, 0, EXAMPLE_TIME, "Before.") },
	{ MEMBER("status", STRING, 0, "2xx", "404, 4xx or error.") },
	{ MEMBER("method", STRING, 0, "POST", NULL) },
	{ MEMBER("userId", STRING, 0, EXAMPLE_USER, "About this user.") },
	{ MEMBER("groupId", STRING, 0, EXAMPLE_GROUP, "About this group.") },
	{ MEMBER("text", STRING, 0, "bjensen", "In the URL, a body or the detail.") },
	{ MEMBER("provider", STRING, 0, "okta", "Of this provider.") },
	{ MEMBER("quirk", STRING, 0, "noSchemas", "With this deviation.") },
	PAGE, { 0 },
};

static const struct field audit_parameters[] = {
	{ MEMBER("since", TIME, 0, EXAMPLE_TIME, "At or after.") },
	{ MEMBER("until", TIME, 0, EXAMPLE_TIME, "Before.") },
	{ MEMBER("actorId", STRING, 0, EXAMPLE_ORGANIZATION, "By an API key, or an organization's setup link.") },
	PAGE, { 0 },
};

static const char *const outcome_values[] = { "succeeded", "failed", NULL };

static const struct field delivery_parameters[] = {
	{ MEMBER("status", STRING, 0, "failed", "Of the attempt."), .values = outcome_values },
	PAGE, { 0 },
};

static const struct field projection[] = { PROJECTION, { 0 } };

static const struct field scim_list_parameters[] = {
	{ MEMBER("filter", STRING, 0, "displayName sw \"B\"", "RFC 7644 section 3.4.2.2.") },
	{ MEMBER("sortBy", STRING, 0, "displayName", "An attribute.") },
	{ MEMBER("sortOrder", STRING, 0, "descending", NULL), .values = order_values },
	{ MEMBER("startIndex", INTEGER, 0, "1", "From 1.") },
	{ MEMBER("count", INTEGER, 0, "10", "How many at most; 0 for totalResults alone.") },
	{ MEMBER("cursor", STRING, 0, "", "RFC 9865: empty begins, nextCursor goes on.") },
	PROJECTION, { 0 },
};

#define V1_PROJECTION(name) \
	{ MEMBER("attributes", STRING, 0, name, "Answer these alone; separated by commas.") }
static const struct field v1_user_projection[] = { V1_PROJECTION("userName"), { 0 } };
static const struct field v1_group_projection[] = { V1_PROJECTION("displayName"), { 0 } };

#define V1_LIST \
	{ MEMBER("sortOrder", STRING, 0, "descending", NULL), .values = order_values }, \
	{ MEMBER("startIndex", INTEGER, 0, "1", "From 1.") }, \
	{ MEMBER("count", INTEGER, 0, "10", "How many at most; 0 for totalResults alone.") }

static const struct field v1_user_parameters[] = {
	{ MEMBER("filter", STRING, 0, "userName sw \"m\"", "draft-scim-api-01 section 3.2.2.1.") },
	{ MEMBER("sortBy", STRING, 0, "userName", "An attribute.") },
	V1_PROJECTION("userName"), V1_LIST, { 0 },
};

static const struct field v1_schema_parameters[] = {
	{ MEMBER("filter", STRING, 0, "name eq \"User\"", "By name, description, schema or endpoint.") },
	{ 0 },
};

static const struct field v1_group_parameters[] = {
	{ MEMBER("filter", STRING, 0, "displayName sw \"S\"", "draft-scim-api-01 section 3.2.2.1.") },
	{ MEMBER("sortBy", STRING, 0, "displayName", "An attribute.") },
	V1_PROJECTION("displayName"), V1_LIST, { 0 },
};

static const struct field option_parameters[] = {
	{ MEMBER("option", STRING, 0, "DEFAULT_USER_GROUP",
		"Whose member the user becomes: of the group Users, or that with this id.") },
	{ 0 },
};

#define ROW(face_, method_, handler_, kind_, tag_, id_, summary_) \
	.face = FACE_##face_, .handler = (handler_), .method = HTTP_##method_, \
	.kind = KIND_##kind_, .id = (id_), .tag = (tag_), .summary = (summary_)
#define API(method, handler, tag, id, summary) \
	ROW(MANAGEMENT, method, handler, _MAX, tag, id, summary)
#define SCIM(method, handler, kind, id, summary) ROW(SCIM, method, handler, kind, &scim, id, summary)
#define SCIM1(method, handler, kind, id, summary) \
	ROW(SCIM1, method, handler, kind, &scim1, id, summary)
#define PING(method, handler, kind, id, summary) \
	ROW(PINGONE, method, handler, kind, &pingone_tag, id, summary)
#define V1_PATCH \
	.doc = "meta.attributes names what goes, the rest is merged; operation delete removes a value."
#define OF_ORGANIZATION .captures = { EXAMPLE_ORGANIZATION }
#define OF_DIRECTORY .captures = { EXAMPLE_DIRECTORY }
#define OF_SCHEMA .captures = { EXAMPLE_DIRECTORY, EXAMPLE_SCHEMA }
#define OF_WEBHOOK .captures = { EXAMPLE_WEBHOOK }
#define OF_V1_USER .captures = { EXAMPLE_V1_USER }
#define OF_V1_GROUP .captures = { EXAMPLE_V1_GROUP }
#define ONE_V1_USER OF_V1_USER, .parameters = v1_user_projection
#define ONE_V1_GROUP OF_V1_GROUP, .parameters = v1_group_projection
#define OF_V1_SCHEMA .captures = { URN_V1_CORE ":User" }
#define BODY(shape, part_) .body = &(shape), .part = PART_##part_

const struct usage usages[] = {
	{ API(GET, on_organization_list, &organizations, "listOrganizations", "List organizations"),
		.parameters = page, .answer = &organization_page },
	{ API(POST, on_organization_create, &organizations, "createOrganization",
		"Create an organization"),
		BODY(organization_shape, CREATE), .answer = &organization_answer,
		.flags = USAGE_CONFLICTS },
	{ API(GET, on_organization_get, &organizations, "getOrganization", "Get an organization"),
		OF_ORGANIZATION, .answer = &organization_answer },
	{ API(PATCH, on_organization_update, &organizations, "updateOrganization",
		"Update an organization"), .doc = "What is absent stays.",
		OF_ORGANIZATION, BODY(organization_shape, UPDATE), .answer = &organization_answer,
		.flags = USAGE_CONFLICTS },
	{ API(DELETE, on_organization_delete, &organizations, "deleteOrganization",
		"Delete an organization"), .doc = "With its directories and their tokens.",
		OF_ORGANIZATION, .answer = &empty_shape },

	{ API(GET, on_directory_list, &directories, "listSCIMDirectories", "List directories"),
		.parameters = directory_list_parameters, .answer = &directory_page,
		.flags = USAGE_MISSES },
	{ API(POST, on_directory_create, &directories, "createSCIMDirectory", "Create a directory"),
		BODY(directory_shape, CREATE), .answer = &directory_answer, .flags = USAGE_MISSES },
	{ API(GET, on_directory_get, &directories, "getSCIMDirectory", "Get a directory"),
		OF_DIRECTORY, .answer = &directory_answer },
	{ API(PATCH, on_directory_update, &directories, "updateSCIMDirectory", "Update a directory"),
		.doc = "What is absent stays. Making one primary demotes the other.",
		OF_DIRECTORY, BODY(directory_shape, UPDATE), .answer = &directory_answer },
	{ API(DELETE, on_directory_delete, &directories, "deleteSCIMDirectory", "Delete a directory"),
		.doc = "If it was primary, the oldest one left becomes primary.",
		OF_DIRECTORY, .answer = &empty_shape },
	{ API(POST, on_token_rotate, &directories, "rotateSCIMDirectoryBearerToken",
		"Make a new bearer token"), .doc = "The tokens until now end at once, or after overlapSeconds.",
		OF_DIRECTORY, BODY(rotation_shape, CREATE), .answer = &token_answer },

	{ API(GET, on_schema_list, &schemas, "listCustomSchemas", "List a directory's schemas"),
		OF_DIRECTORY, .answer = &custom_list },
	{ API(POST, on_schema_create, &schemas, "createCustomSchema", "Add a schema"),
		OF_DIRECTORY, BODY(custom_shape, CREATE), .answer = &custom_shape,
		.flags = USAGE_CONFLICTS },
	{ API(GET, on_schema_get, &schemas, "getCustomSchema", "Get a schema"),
		OF_SCHEMA, .answer = &custom_shape },
	{ API(PUT, on_schema_replace, &schemas, "replaceCustomSchema", "Replace a schema"),
		.doc = "While some resource has values of it, it may only grow.",
		OF_SCHEMA, BODY(custom_shape, CREATE), .answer = &custom_shape, .flags = USAGE_CONFLICTS },
	{ API(DELETE, on_schema_delete, &schemas, "deleteCustomSchema", "Delete a schema"),
		.doc = "Not while some resource has values of it.",
		OF_SCHEMA, .answer = &empty_shape, .flags = USAGE_CONFLICTS },

	{ API(GET, on_event_list, &events, "listEvents", "Follow the changes"),
		.parameters = event_parameters, .answer = &event_page,
		.flags = USAGE_MISSES | USAGE_EXPIRES },

	{ API(GET, on_users_read, &reading, "listSCIMUsers", "List users"),
		.parameters = user_read_parameters, .answer = &read_user_page,
		.flags = USAGE_MISSES },
	{ API(GET, on_user_read, &reading, "getSCIMUser", "Get a user"),
		.captures = { EXAMPLE_USER }, .parameters = one_parameters,
		.answer = &read_user_answer },
	{ API(GET, on_user_groups_read, &reading, "listSCIMUserGroups", "List a user's groups"),
		.captures = { EXAMPLE_USER }, .parameters = detail_parameters,
		.answer = &read_group_page },
	{ API(GET, on_groups_read, &reading, "listSCIMGroups", "List groups"),
		.parameters = group_read_parameters, .answer = &read_group_page,
		.flags = USAGE_MISSES },
	{ API(GET, on_group_read, &reading, "getSCIMGroup", "Get a group"),
		.captures = { EXAMPLE_GROUP }, .parameters = one_parameters,
		.answer = &read_group_answer },
	{ API(GET, on_group_members_read, &reading, "listSCIMGroupMembers",
		"List a group's members"),
		.captures = { EXAMPLE_GROUP }, .parameters = detail_parameters,
		.answer = &read_member_page },
	{ API(GET, on_request_list, &requests, "listSCIMRequests", "Search the request log"),
		.parameters = request_parameters, .answer = &request_page, .flags = USAGE_MISSES },
	{ API(GET, on_request_get, &requests, "getSCIMRequest", "Get a request with its bodies"),
		.captures = { EXAMPLE_REQUEST }, .parameters = one_parameters,
		.answer = &request_answer },
	{ API(GET, on_failures, &requests, "listAuthenticationFailures",
		"Count requests with wrong tokens"), .doc = "By the hour; they are in no log.",
		OF_DIRECTORY, .answer = &failures_list_shape },

	{ API(GET, on_client_list, &oauth, "listOAuthClients", "List a directory's clients"),
		OF_DIRECTORY, .parameters = page, .answer = &client_page },
	{ API(POST, on_client_create, &oauth, "createOAuthClient", "Create a client"),
		OF_DIRECTORY, BODY(client_shape, CREATE), .answer = &client_answer },
	{ API(DELETE, on_client_delete, &oauth, "deleteOAuthClient", "Delete a client"),
		.doc = "With its tokens.",
		.captures = { EXAMPLE_DIRECTORY, EXAMPLE_CLIENT }, .answer = &empty_shape },
	{ ROW(OAUTH, POST, on_token, _MAX, &oauth, "getToken", "Get a bearer token"),
		BODY(grant_shape, CREATE), .answer = &access_token_shape, .flags = USAGE_FORM },
	{ API(GET, on_key_list, &access, "listAPIKeys", "List keys"),
		.parameters = page, .answer = &key_page },
	{ API(POST, on_key_create, &access, "createAPIKey", "Create a key"),
		BODY(key_shape, CREATE), .answer = &key_answer },
	{ API(GET, on_key_get, &access, "getAPIKey", "Get a key"),
		.captures = { EXAMPLE_KEY }, .answer = &key_answer },
	{ API(DELETE, on_key_delete, &access, "deleteAPIKey", "Delete a key"),
		.doc = "Not the last one with the scope manage.",
		.captures = { EXAMPLE_KEY }, .answer = &empty_shape, .flags = USAGE_CONFLICTS },
	{ API(GET, on_environment_get, &access, "getEnvironment", "Get the environment"),
		.answer = &environment_answer },
	{ API(PATCH, on_environment_update, &access, "updateEnvironment", "Update the environment"),
		.doc = "What is absent stays.",
		BODY(environment_shape, UPDATE), .answer = &environment_answer },
	{ API(GET, on_audit_list, &access, "listAuditEntries", "Read the audit log"),
		.parameters = audit_parameters, .answer = &audit_page },

	{ API(POST, on_setup_url_create, &setup, "createSetupURL", "Create a setup link"),
		BODY(setup_shape, CREATE), .answer = &setup_answer, .flags = USAGE_MISSES },

	{ API(GET, on_webhook_list, &webhooks, "listWebhookEndpoints", "List endpoints"),
		.parameters = page, .answer = &webhook_page },
	{ API(POST, on_webhook_create, &webhooks, "createWebhookEndpoint", "Create an endpoint"),
		BODY(webhook_shape, CREATE), .answer = &webhook_made, .flags = USAGE_MISSES },
	{ API(GET, on_webhook_get, &webhooks, "getWebhookEndpoint", "Get an endpoint"),
		OF_WEBHOOK, .answer = &webhook_answer },
	{ API(PATCH, on_webhook_update, &webhooks, "updateWebhookEndpoint", "Update an endpoint"),
		.doc = "What is absent stays.",
		OF_WEBHOOK, BODY(webhook_shape, UPDATE), .answer = &webhook_answer },
	{ API(DELETE, on_webhook_delete, &webhooks, "deleteWebhookEndpoint", "Delete an endpoint"),
		OF_WEBHOOK, .answer = &empty_shape },
	{ API(POST, on_webhook_rotate, &webhooks, "rotateWebhookSecret", "Make a new secret"),
		.doc = "The one before signs too for overlapSeconds.",
		OF_WEBHOOK, BODY(rotation_shape, CREATE), .answer = &secret_answer },
	{ API(POST, on_webhook_replay, &webhooks, "replayWebhook", "Send events again"),
		OF_WEBHOOK, BODY(replay_shape, CREATE), .answer = &webhook_answer },
	{ API(GET, on_delivery_list, &webhooks, "listWebhookDeliveries", "List attempts"),
		OF_WEBHOOK, .parameters = delivery_parameters, .answer = &delivery_page },

	{ API(GET, on_live, &health, "getLiveness", "Is the process there?"),
		.answer = &status_shape },
	{ API(GET, on_ready, &health, "getReadiness", "Is the database there?"),
		.answer = &status_shape },
	{ API(GET, on_openapi, &health, "getOpenAPI", "This document"), .answer = &openapi_shape },

	{ SCIM(GET, on_list, USER, "listUsers", "List users"),
		.parameters = scim_list_parameters, .answer = &user_list },
	{ SCIM(POST, on_write, USER, "createUser", "Create a user"), .parameters = projection,
		BODY(user_shape, CREATE), .answer = &user_shape, .status = HTTP_CREATED,
		.flags = USAGE_CONFLICTS },
	{ SCIM(POST, on_search, USER, "searchUsers", "List users, the query in the body"),
		BODY(search_shape, CREATE), .answer = &user_list },
	{ SCIM(GET, on_get, USER, "getUser", "Get a user"), .captures = { EXAMPLE_USER },
		.parameters = projection, .answer = &user_shape },
	{ SCIM(PUT, on_write, USER, "replaceUser", "Replace a user"), .captures = { EXAMPLE_USER },
		.parameters = projection, BODY(user_shape, CREATE), .answer = &user_shape,
		.flags = USAGE_CONFLICTS },
	{ SCIM(PATCH, on_write, USER, "patchUser", "Change a user"), .captures = { EXAMPLE_USER },
		.parameters = projection, BODY(patch_shape, CREATE), .answer = &user_shape,
		.flags = USAGE_CONFLICTS },
	{ SCIM(DELETE, on_write, USER, "deleteUser", "Delete a user"),
		.captures = { EXAMPLE_USER }, .status = HTTP_NO_CONTENT },
	{ SCIM(GET, on_list, GROUP, "listGroups", "List groups"),
		.parameters = scim_list_parameters, .answer = &group_list },
	{ SCIM(POST, on_write, GROUP, "createGroup", "Create a group"), .parameters = projection,
		BODY(group_shape, CREATE), .answer = &group_shape, .status = HTTP_CREATED,
		.flags = USAGE_CONFLICTS },
	{ SCIM(POST, on_search, GROUP, "searchGroups", "List groups, the query in the body"),
		BODY(search_shape, CREATE), .answer = &group_list },
	{ SCIM(GET, on_get, GROUP, "getGroup", "Get a group"), .captures = { EXAMPLE_GROUP },
		.parameters = projection, .answer = &group_shape },
	{ SCIM(PUT, on_write, GROUP, "replaceGroup", "Replace a group"),
		.captures = { EXAMPLE_GROUP }, .parameters = projection, BODY(group_shape, CREATE),
		.answer = &group_shape, .flags = USAGE_CONFLICTS },
	{ SCIM(PATCH, on_write, GROUP, "patchGroup", "Change a group"),
		.doc = "204, unless a projection is asked for.",
		.captures = { EXAMPLE_GROUP }, .parameters = projection, BODY(patch_shape, CREATE),
		.answer = &group_shape, .flags = USAGE_CONFLICTS | USAGE_SILENT },
	{ SCIM(DELETE, on_write, GROUP, "deleteGroup", "Delete a group"),
		.captures = { EXAMPLE_GROUP }, .status = HTTP_NO_CONTENT },
	{ SCIM(GET, on_list, _MAX, "listResources", "List users and groups"),
		.parameters = scim_list_parameters, .answer = &resource_list },
	{ SCIM(POST, on_search, _MAX, "searchResources", "List both, the query in the body"),
		BODY(search_shape, CREATE), .answer = &resource_list },
	{ SCIM(POST, on_bulk, _MAX, "bulk", "Many changes at once"),
		BODY(bulk_shape, CREATE), .answer = &bulk_answer, .flags = USAGE_CONFLICTS },
	{ SCIM(GET, on_me, _MAX, "getMe", "Not implemented"),
		.doc = "A token stands for a directory, not for one of its users.",
		.flags = USAGE_NEVER },
	{ SCIM(GET, on_config, _MAX, "getServiceProviderConfig", "What the server supports"),
		.answer = &config_shape },
	{ SCIM(GET, on_resource_types, _MAX, "listResourceTypes", "List resource types"),
		.answer = &resource_type_list },
	{ SCIM(GET, on_resource_type, _MAX, "getResourceType", "Get a resource type"),
		.captures = { "User" }, .answer = &resource_type_shape },
	{ SCIM(GET, on_schemas, _MAX, "listSchemas", "List schemas"), .answer = &schema_list },
	{ SCIM(GET, on_schema, _MAX, "getSchema", "Get a schema"), .captures = { URN_USER },
		.answer = &schema_shape },

	{ SCIM1(GET, on_list, USER, "listV1Users", "List users"),
		.parameters = v1_user_parameters, .answer = &v1_user_list },
	{ SCIM1(POST, on_write, USER, "createV1User", "Create a user"), .parameters = v1_user_projection,
		BODY(v1_user_shape, CREATE),
		.answer = &v1_user_shape, .status = HTTP_CREATED, .flags = USAGE_CONFLICTS },
	{ SCIM1(GET, on_get, USER, "getV1User", "Get a user"), ONE_V1_USER,
		.answer = &v1_user_shape },
	{ SCIM1(PUT, on_write, USER, "replaceV1User", "Replace a user"), ONE_V1_USER,
		BODY(v1_user_shape, CREATE), .answer = &v1_user_shape, .flags = USAGE_CONFLICTS },
	{ SCIM1(PATCH, on_write, USER, "patchV1User", "Change a user"), V1_PATCH, ONE_V1_USER,
		BODY(v1_user_shape, UPDATE), .answer = &v1_user_shape, .flags = USAGE_CONFLICTS },
	{ SCIM1(DELETE, on_write, USER, "deleteV1User", "Delete a user"), OF_V1_USER,
		.status = HTTP_OK },
	{ SCIM1(GET, on_list, GROUP, "listV1Groups", "List groups"),
		.parameters = v1_group_parameters, .answer = &v1_group_list },
	{ SCIM1(POST, on_write, GROUP, "createV1Group", "Create a group"),
		.parameters = v1_group_projection,
		BODY(v1_group_shape, CREATE), .answer = &v1_group_shape, .status = HTTP_CREATED,
		.flags = USAGE_CONFLICTS },
	{ SCIM1(GET, on_get, GROUP, "getV1Group", "Get a group"), ONE_V1_GROUP,
		.answer = &v1_group_shape },
	{ SCIM1(PUT, on_write, GROUP, "replaceV1Group", "Replace a group"), ONE_V1_GROUP,
		BODY(v1_group_shape, CREATE), .answer = &v1_group_shape, .flags = USAGE_CONFLICTS },
	{ SCIM1(PATCH, on_write, GROUP, "patchV1Group", "Change a group"),
		.doc = "204, unless a projection is asked for.", ONE_V1_GROUP,
		BODY(v1_group_shape, UPDATE),
		.answer = &v1_group_shape, .flags = USAGE_CONFLICTS | USAGE_SILENT },
	{ SCIM1(DELETE, on_write, GROUP, "deleteV1Group", "Delete a group"), OF_V1_GROUP,
		.status = HTTP_OK },
	{ SCIM1(GET, on_v1_config, _MAX, "getServiceProviderConfigs", "What the server supports"),
		.answer = &v1_config_shape },
	{ SCIM1(GET, on_v1_schemas, _MAX, "listV1Schemas", "List schemas"),
		.parameters = v1_schema_parameters, .answer = &v1_schema_list },
	{ SCIM1(GET, on_v1_schema, _MAX, "getV1Schema", "Get a schema"), OF_V1_SCHEMA,
		.answer = &v1_schema_shape },

	{ PING(GET, on_list, USER, "listPingOneUsers", "List users"),
		.parameters = v1_user_parameters, .answer = &pingone_user_list },
	{ PING(POST, on_pingone_create, USER, "createPingOneUser", "Create a user"),
		.doc = "Or update the one that has this externalId.", .parameters = option_parameters,
		BODY(v1_user_shape, CREATE), .answer = &v1_user_shape,
		.flags = USAGE_CONFLICTS },
	{ PING(GET, on_get, USER, "getPingOneUser", "Get a user"), ONE_V1_USER,
		.answer = &v1_user_shape },
	{ PING(PUT, on_write, USER, "replacePingOneUser", "Replace a user"), ONE_V1_USER,
		BODY(v1_user_shape, CREATE), .answer = &v1_user_shape, .flags = USAGE_CONFLICTS },
	{ PING(PATCH, on_write, USER, "patchPingOneUser", "Change a user"), V1_PATCH, ONE_V1_USER,
		BODY(v1_user_shape, UPDATE), .answer = &v1_user_shape, .flags = USAGE_CONFLICTS },
	{ PING(DELETE, on_write, USER, "deletePingOneUser", "Delete a user"), OF_V1_USER,
		.status = HTTP_OK },
	{ PING(GET, on_list, GROUP, "listPingOneGroups", "List groups"),
		.parameters = v1_group_parameters, .answer = &pingone_group_list },
	{ PING(POST, on_write, GROUP, "createPingOneGroup", "Create a group"),
		.parameters = v1_group_projection, BODY(v1_group_shape, CREATE), .answer = &v1_group_shape,
		.flags = USAGE_CONFLICTS },
	{ PING(GET, on_get, GROUP, "getPingOneGroup", "Get a group"), ONE_V1_GROUP,
		.answer = &v1_group_shape },
	{ PING(PUT, on_write, GROUP, "replacePingOneGroup", "Replace a group"), ONE_V1_GROUP,
		BODY(v1_group_shape, CREATE), .answer = &v1_group_shape, .flags = USAGE_CONFLICTS },
	{ PING(PATCH, on_write, GROUP, "patchPingOneGroup", "Change a group"), V1_PATCH,
		ONE_V1_GROUP, BODY(v1_group_shape, UPDATE), .answer = &v1_group_shape,
		.flags = USAGE_CONFLICTS },
	{ PING(DELETE, on_write, GROUP, "deletePingOneGroup", "Delete a group"), OF_V1_GROUP,
		.status = HTTP_OK },
	{ PING(GET, on_pingone_count, GROUP, "countPingOneGroupUsers",
		"Count the users that are members"),
		.doc = "Not those of groups in the group.", OF_V1_GROUP, .answer = &count_shape },
	{ PING(GET, on_v1_config, _MAX, "getPingOneServiceProviderConfigs",
		"What the server supports"), .answer = &v1_config_shape },
	{ PING(GET, on_v1_schemas, _MAX, "listPingOneSchemas", "List schemas"),
		.parameters = v1_schema_parameters, .answer = &v1_schema_list },
	{ PING(GET, on_v1_schema, _MAX, "getPingOneSchema", "Get a schema"), OF_V1_SCHEMA,
		.answer = &v1_schema_shape },
	{ PING(POST, on_pingone_login, _MAX, "checkPassword", "Not implemented"),
		.doc = "There are no passwords here.", .flags = USAGE_NEVER },
	{ PING(POST, on_pingone_invite, _MAX, "invite", "Not implemented"),
		.doc = "No mail is sent.", .flags = USAGE_NEVER },
	{ PING(GET, on_pingone_invite, _MAX, "getInvitationTexts", "Not implemented"),
		.flags = USAGE_NEVER },
	{ PING(PATCH, on_pingone_invite, _MAX, "changeInvitationTexts", "Not implemented"),
		.flags = USAGE_NEVER },
};
/* clang-format on */
const size_t usage_count = sizeof(usages) / sizeof(*usages);

const struct usage *usage_of(const struct route *route)
{
	size_t i;

	for (i = 0; i < usage_count; i++)
		if (usages[i].face == route->face && usages[i].handler == route->handler &&
			usages[i].method == route->method && usages[i].kind == route->kind)
			return &usages[i];
	return NULL;
}

static bool is_guarded(const struct route *route, const struct usage *usage)
{
	(void)usage;
	return !(route->flags & ROUTE_PUBLIC);
}

static bool asks_who(const struct route *route, const struct usage *usage)
{
	return is_guarded(route, usage) || route->face == FACE_OAUTH;
}

/* What is public refuses those filters that RFC 7644 section 4 forbids. */
static bool forbids(const struct route *route, const struct usage *usage)
{
	return is_guarded(route, usage) || (route->flags & ROUTE_KNOWN);
}

static bool names_something(const struct route *route, const struct usage *usage)
{
	return usage->captures[0] || (usage->flags & USAGE_MISSES) ||
	       face_rows[route->face].dialect;
}

static bool conflicts(const struct route *route, const struct usage *usage)
{
	(void)route;
	return usage->flags & USAGE_CONFLICTS;
}

static bool expires(const struct route *route, const struct usage *usage)
{
	(void)route;
	return usage->flags & USAGE_EXPIRES;
}

static bool has_versions(const struct route *route, const struct usage *usage)
{
	(void)usage;
	return route->kind < KIND__MAX && (route->flags & ROUTE_WRITES);
}

static bool has_body(const struct route *route, const struct usage *usage)
{
	(void)route;
	return usage->body != NULL;
}

/* RFC 6749 section 5.2 knows no other status for a form. */
static bool has_json(const struct route *route, const struct usage *usage)
{
	return has_body(route, usage) && !(usage->flags & USAGE_FORM);
}

static bool is_not_there(const struct route *route, const struct usage *usage)
{
	(void)route;
	return usage->flags & USAGE_NEVER;
}

/* Which routes answer an error; NULL: all. */
static const struct {
	enum scim_err err;
	bool (*when)(const struct route *route, const struct usage *usage);
} failures[] = {
	{ SCIM_BAD_REQUEST, NULL },
	{ SCIM_UNAUTHORIZED, asks_who },
	{ SCIM_FORBIDDEN, forbids },
	{ SCIM_NOT_FOUND, names_something },
	{ SCIM_CONFLICT, conflicts },
	{ SCIM_GONE, expires },
	{ SCIM_PRECONDITION_FAILED, has_versions },
	{ SCIM_TOO_LARGE, has_body },
	{ SCIM_UNSUPPORTED_MEDIA_TYPE, has_json },
	{ SCIM_NOT_IMPLEMENTED, is_not_there },
	{ SCIM_UNAVAILABLE, NULL },
};

bool usage_fails(const struct route *route, const struct usage *usage, enum scim_err e)
{
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(*failures); i++)
		if (failures[i].err == e)
			return !failures[i].when || failures[i].when(route, usage);
	return false;
}

bool usage_succeeds(const struct route *route, const struct usage *usage, enum http_status status)
{
	if (status == HTTP_NOT_MODIFIED)
		return route->handler == on_get;
	if (status == HTTP_NO_CONTENT && (usage->flags & USAGE_SILENT))
		return true;
	if (usage->status)
		return status == usage->status;
	return status == HTTP_OK && usage->answer;
}

bool usage_answers(const struct route *route, const struct usage *usage, int status)
{
	int e;

	for (e = SCIM_OK + 1; e < SCIM__MAX; e++)
		if (err_row(e)->status == status && usage_fails(route, usage, e))
			return true;
	return usage_succeeds(route, usage, status);
}
