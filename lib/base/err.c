/* SPDX-License-Identifier: MIT */
/*
 * The error table and the SQLSTATE table. Knows every status number, and no request.
 */
#include "base/err.h"

#include <assert.h>

#include "base/text.h"

/* google.rpc.Code (google/rpc/code.proto), those we answer with. */
enum rpc_code {
	RPC_OK = 0,
	RPC_INVALID_ARGUMENT = 3,
	RPC_NOT_FOUND = 5,
	RPC_ALREADY_EXISTS = 6,
	RPC_PERMISSION_DENIED = 7,
	RPC_FAILED_PRECONDITION = 9,
	RPC_UNIMPLEMENTED = 12,
	RPC_INTERNAL = 13,
	RPC_UNAVAILABLE = 14,
	RPC_UNAUTHENTICATED = 16,
};

/* clang-format off */
static const struct err_row rows[SCIM__MAX] = {
	[SCIM_OK] = { 200, NULL, "The request succeeded.", RPC_OK },

	/* RFC 7644 section 3.12, table 9 */
	[SCIM_INVALID_FILTER] = { 400, "invalidFilter",
		"The filter is malformed or compares what cannot be compared.", RPC_INVALID_ARGUMENT },
	[SCIM_TOO_MANY] = { 400, "tooMany",
		"The request asks for more than the server is willing to do at once.",
		RPC_INVALID_ARGUMENT },
	[SCIM_UNIQUENESS] = { 409, "uniqueness",
		"A value that must be unique is already in use.", RPC_ALREADY_EXISTS },
	[SCIM_MUTABILITY] = { 400, "mutability",
		"The request changes an attribute that cannot be changed.", RPC_INVALID_ARGUMENT },
	[SCIM_INVALID_SYNTAX] = { 400, "invalidSyntax",
		"The request body is malformed or does not follow its schema.",
		RPC_INVALID_ARGUMENT },
	[SCIM_INVALID_PATH] = { 400, "invalidPath",
		"A path is malformed or names an unknown attribute.", RPC_INVALID_ARGUMENT },
	[SCIM_NO_TARGET] = { 400, "noTarget",
		"A path matches nothing that could be changed.", RPC_INVALID_ARGUMENT },
	[SCIM_INVALID_VALUE] = { 400, "invalidValue",
		"A required value is missing, or a value does not fit its attribute.",
		RPC_INVALID_ARGUMENT },
	[SCIM_INVALID_VERS] = { 400, "invalidVers",
		"This version of SCIM is not supported.", RPC_INVALID_ARGUMENT },
	[SCIM_SENSITIVE] = { 403, "sensitive",
		"The URI would carry sensitive information; use a POST to /.search.",
		RPC_PERMISSION_DENIED },

	/* RFC 9865 section 2.3 */
	[SCIM_INVALID_CURSOR] = { 400, "invalidCursor",
		"The cursor is not one that this server gave for this query.", RPC_INVALID_ARGUMENT },
	[SCIM_EXPIRED_CURSOR] = { 400, "expiredCursor",
		"The cursor has expired; start again without one.", RPC_INVALID_ARGUMENT },
	[SCIM_INVALID_COUNT] = { 400, "invalidCount",
		"The count is not the one that the cursor was given for.", RPC_INVALID_ARGUMENT },

	[SCIM_BAD_REQUEST] = { 400, NULL, "The request is malformed.", RPC_INVALID_ARGUMENT },
	[SCIM_UNAUTHORIZED] = { 401, NULL,
		"The credentials are missing or not valid.", RPC_UNAUTHENTICATED },
	[SCIM_FORBIDDEN] = { 403, NULL, "This is not permitted.", RPC_PERMISSION_DENIED },
	[SCIM_NOT_FOUND] = { 404, NULL, "There is no such resource.", RPC_NOT_FOUND },
	[SCIM_METHOD_NOT_ALLOWED] = { 405, NULL,
		"The resource does not support this method.", RPC_UNIMPLEMENTED },
	[SCIM_CONFLICT] = { 409, NULL,
		"The request conflicts with the state of the resource.", RPC_ALREADY_EXISTS },
	[SCIM_GONE] = { 410, NULL, "This is gone for good.", RPC_NOT_FOUND },
	[SCIM_PRECONDITION_FAILED] = { 412, NULL,
		"The resource has changed since the version that the request names.",
		RPC_FAILED_PRECONDITION },
	[SCIM_TOO_LARGE] = { 413, NULL,
		"The request is larger than the server accepts.", RPC_INVALID_ARGUMENT },
	[SCIM_UNSUPPORTED_MEDIA_TYPE] = { 415, NULL,
		"Send Content-Type application/scim+json or application/json.", RPC_INVALID_ARGUMENT },

	/* RFC 6749 section 5.2 */
	[OAUTH_UNSUPPORTED_GRANT_TYPE] = { 400, NULL,
		"The grant type is not client_credentials.", RPC_INVALID_ARGUMENT },
	[OAUTH_UNAUTHORIZED_CLIENT] = { 400, NULL,
		"The client may not have a token.", RPC_FAILED_PRECONDITION },
	[OAUTH_INVALID_SCOPE] = { 400, NULL, "The scope is not scim.", RPC_INVALID_ARGUMENT },

	[SCIM_NOT_IMPLEMENTED] = { 501, NULL,
		"The server does not support this operation.", RPC_UNIMPLEMENTED },
	[SCIM_UNAVAILABLE] = { 503, NULL,
		"The server cannot answer now; try again later.", RPC_UNAVAILABLE },
	[SCIM_RETRY] = { 503, NULL,
		"The server cannot answer now; try again later.", RPC_UNAVAILABLE },
	[SCIM_INTERNAL] = { 500, NULL,
		"The server failed; its log has the reason.", RPC_INTERNAL },
};
/* clang-format on */

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 204, "No Content" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
};

const char *status_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	abort();
}

const struct err_row *err_row(enum scim_err e)
{
	assert((unsigned)e < SCIM__MAX);
	return &rows[e];
}

/* PostgreSQL appendix A. A code of two characters stands for its class. */
static const struct {
	char code[6];
	enum scim_err err;
} states[] = {
	{ "08", SCIM_UNAVAILABLE }, /* connection exception */
	{ "0A000", SCIM_RETRY }, /* cached plan must not change result type */
	{ "22003", SCIM_INVALID_VALUE }, /* numeric value out of range */
	{ "22007", SCIM_INVALID_VALUE }, /* invalid datetime format */
	{ "22008", SCIM_INVALID_VALUE }, /* datetime field overflow */
	{ "22021", SCIM_INVALID_VALUE }, /* character not in repertoire */
	{ "22P02", SCIM_INVALID_VALUE }, /* invalid text representation */
	{ "22P05", SCIM_INVALID_VALUE }, /* untranslatable character */
	{ "23503", SCIM_INVALID_VALUE }, /* foreign key violation */
	{ "23505", SCIM_UNIQUENESS }, /* unique violation */
	{ "25006", SCIM_UNAVAILABLE }, /* read-only transaction: connected to a standby */
	{ "25P03", SCIM_UNAVAILABLE }, /* idle in transaction session timeout */
	{ "26000", SCIM_RETRY }, /* a prepared statement does not exist */
	{ "40001", SCIM_RETRY }, /* serialization failure */
	{ "40P01", SCIM_RETRY }, /* deadlock detected */
	{ "53", SCIM_UNAVAILABLE }, /* insufficient resources */
	{ "54000", SCIM_INVALID_VALUE }, /* program limit exceeded: too long for an index */
	{ "54001", SCIM_INVALID_VALUE }, /* statement too complex */
	{ "55P03", SCIM_UNAVAILABLE }, /* lock not available */
	{ "57014", SCIM_UNAVAILABLE }, /* query canceled: statement timeout */
	{ "57P01", SCIM_UNAVAILABLE }, /* admin shutdown */
	{ "57P02", SCIM_UNAVAILABLE }, /* crash shutdown */
	{ "57P03", SCIM_UNAVAILABLE }, /* cannot connect now */
};

enum scim_err err_of_sqlstate(const char *sqlstate)
{
	if (!sqlstate)
		return SCIM_UNAVAILABLE;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strncmp(sqlstate, states[i].code, strlen(states[i].code)) == 0)
			return states[i].err;
	}
	return SCIM_INTERNAL;
}
