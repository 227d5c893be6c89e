/* SPDX-License-Identifier: MIT */
/* What the vendor reads of a directory: users, groups, and what its provider has asked for. */
#include "web/shapes.h"

#include "base/text.h"

/* clang-format off */
static const struct field read_user_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_USER, NULL) },
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, NULL) },
	{ MEMBER("email", STRING, 0, "bjensen@example.com",
		"The primary address, else the work one, else the first, else a userName that is one.") },
	{ MEMBER("active", BOOLEAN, 0, "true", NULL) },
	{ MEMBER("deleted", BOOLEAN, 0, "false", "Deleted, or not active.") },
	{ MEMBER("attributes", OBJECT, 0, "{\"userName\":\"bjensen@example.com\",\"active\":true}",
		"As the provider has set them.") },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("updatedAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ 0 },
};
static const struct shape read_user_shape = {
	OBJECT("SCIMUser", "A user, also when it is gone.", read_user_fields)
};

static const struct field read_user_answer_fields[] = {
	{ MEMBER("scimUser", SHAPE, 0, NULL, NULL), .shape = &read_user_shape },
	{ 0 },
};
const struct shape read_user_answer = { OBJECT("SCIMUserAnswer", NULL, read_user_answer_fields) };

static const struct field read_user_page_fields[] = {
	{ MEMBER("scimUsers", SHAPE, FIELD_MANY, NULL, NULL), .shape = &read_user_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape read_user_page = { OBJECT("SCIMUserPage", NULL, read_user_page_fields) };

static const struct field read_group_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_GROUP, NULL) },
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, NULL) },
	{ MEMBER("displayName", STRING, 0, "Tour Guides", NULL) },
	{ MEMBER("memberCount", INTEGER, 0, "1", "Users and groups.") },
	{ MEMBER("deleted", BOOLEAN, 0, "false", NULL) },
	{ MEMBER("attributes", OBJECT, 0, "{\"displayName\":\"Tour Guides\"}",
		"As the provider has set them, without members.") },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("updatedAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ 0 },
};
static const struct shape read_group_shape = {
	OBJECT("SCIMGroup", "A group, also when it is gone.", read_group_fields)
};

static const struct field read_group_answer_fields[] = {
	{ MEMBER("scimGroup", SHAPE, 0, NULL, NULL), .shape = &read_group_shape },
	{ 0 },
};
const struct shape read_group_answer = { OBJECT("SCIMGroupAnswer", NULL, read_group_answer_fields) };

static const struct field read_group_page_fields[] = {
	{ MEMBER("scimGroups", SHAPE, FIELD_MANY, NULL, NULL), .shape = &read_group_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape read_group_page = { OBJECT("SCIMGroupPage", NULL, read_group_page_fields) };

static const char *const member_types[] = { "User", "Group", NULL };

static const struct field read_member_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_USER, NULL) },
	{ MEMBER("type", STRING, 0, "User", NULL), .values = member_types },
	{ MEMBER("displayName", STRING, 0, "Babs Jensen", NULL) },
	{ 0 },
};
static const struct shape read_member_shape = {
	OBJECT("SCIMGroupMember", NULL, read_member_fields)
};

static const struct field read_member_page_fields[] = {
	{ MEMBER("scimGroupMembers", SHAPE, FIELD_MANY, NULL, NULL), .shape = &read_member_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape read_member_page = {
	OBJECT("SCIMGroupMemberPage", NULL, read_member_page_fields)
};

static const struct field request_error_fields[] = {
	{ MEMBER("message", STRING, 0, "There is no such resource.", NULL) },
	{ 0 },
};
static const struct shape request_error_shape = {
	OBJECT("SCIMRequestError", NULL, request_error_fields)
};

#define REQUEST_URL "/v1/scim/" EXAMPLE_DIRECTORY "/Users"
#define WHOLE "Of one request alone, not in lists. "

static const struct field request_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_REQUEST, "As in X-Request-Id.") },
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, NULL) },
	{ MEMBER("timestamp", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("httpRequestUrl", STRING, 0, REQUEST_URL, "Path and query.") },
	{ MEMBER("httpRequestMethod", STRING, 0, "SCIM_REQUEST_HTTP_METHOD_POST", "Also in method.") },
	{ MEMBER("httpResponseStatus", STRING, 0, "SCIM_REQUEST_HTTP_STATUS_201", "Also in status.") },
	{ MEMBER("httpRequestBody", OBJECT, FIELD_NULL | FIELD_MAYBE, NULL, WHOLE "Without secrets.") },
	{ MEMBER("httpRequestBodyText", STRING, FIELD_MAYBE, NULL, WHOLE "Where it is no JSON object.") },
	{ MEMBER("httpResponseBody", OBJECT, FIELD_NULL | FIELD_MAYBE, NULL, WHOLE) },
	{ MEMBER("httpResponseBodyText", STRING, FIELD_MAYBE, NULL, WHOLE "Where it is no JSON object.") },
	{ MEMBER("error", SHAPE, FIELD_NULL, NULL, "Of a failure."), .shape = &request_error_shape },
	{ MEMBER("status", INTEGER, 0, "201", NULL) },
	{ MEMBER("method", STRING, 0, "POST", NULL) },
	{ MEMBER("durationMs", NUMBER, FIELD_NULL, "4.211", NULL) },
	{ MEMBER("provider", STRING, 0, "okta", "Whose User-Agent it is; \"\": nobody's we know.") },
	{ MEMBER("quirks", STRING, FIELD_MANY, NULL, "Deviations from the RFCs that were passed over.") },
	{ MEMBER("detail", STRING, 0, "", "What was wrong, or passed over.") },
	{ MEMBER("resourceId", STRING, 0, EXAMPLE_USER, "The user or group; \"\": none, or many.") },
	{ MEMBER("remoteAddress", STRING, 0, "192.0.2.7", NULL) },
	{ MEMBER("userAgent", STRING, 0, "Okta SCIM Client 1.0.0", NULL) },
	{ MEMBER("clientId", STRING, 0, "", "The OAuth client; \"\": a bearer token.") },
	{ MEMBER("curl", STRING, FIELD_MAYBE, NULL, WHOLE "A command that repeats it.") },
	{ 0 },
};
static const struct shape request_shape = {
	OBJECT("SCIMRequest", "A row of the request log.", request_fields)
};

static const struct field request_answer_fields[] = {
	{ MEMBER("scimRequest", SHAPE, 0, NULL, NULL), .shape = &request_shape },
	{ 0 },
};
const struct shape request_answer = { OBJECT("SCIMRequestAnswer", NULL, request_answer_fields) };

static const struct field request_page_fields[] = {
	{ MEMBER("scimRequests", SHAPE, FIELD_MANY, NULL, "The newest first."),
		.shape = &request_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape request_page = { OBJECT("SCIMRequestPage", NULL, request_page_fields) };

static const struct field failures_fields[] = {
	{ MEMBER("hour", TIME, 0, EXAMPLE_TIME, "When it began.") },
	{ MEMBER("count", INTEGER, 0, "3", NULL) },
	{ MEMBER("lastAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ 0 },
};
static const struct shape failures_shape = {
	OBJECT("AuthenticationFailures", "Requests of one hour with a wrong token.", failures_fields)
};

static const struct field failures_list_fields[] = {
	{ MEMBER("authenticationFailures", SHAPE, FIELD_MANY, NULL, NULL), .shape = &failures_shape },
	{ 0 },
};
const struct shape failures_list_shape = {
	OBJECT("AuthenticationFailuresAnswer", NULL, failures_list_fields)
};
/* clang-format on */
