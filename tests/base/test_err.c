/* SPDX-License-Identifier: MIT */
#include <CUnit/CUnit.h>

#include "base/err.h"
#include "base/text.h"

static void every_row_is_complete(void)
{
	for (int e = 1; e < SCIM__MAX; e++) {
		const struct err_row *row = err_row((enum scim_err)e);

		CU_ASSERT(row->status >= 400 && row->status < 600);
		CU_ASSERT_PTR_NOT_NULL_FATAL(row->text);
		CU_ASSERT_EQUAL(row->text[strlen(row->text) - 1], '.');
		CU_ASSERT(row->rpc_code >= 3 && row->rpc_code <= 16);
		CU_ASSERT(utf8_valid(row->text, strlen(row->text)));
	}
	CU_ASSERT_EQUAL(err_row(SCIM_OK)->status, 200);
	CU_ASSERT_EQUAL(err_row(SCIM_OK)->rpc_code, 0);
}

/* RFC 7644 table 9 and RFC 9865 section 2.3; google.rpc.Code */
static const struct {
	enum scim_err err;
	int status;
	const char *scim_type;
	int rpc_code;
} expected[] = {
	{ SCIM_INVALID_FILTER, 400, "invalidFilter", 3 },
	{ SCIM_TOO_MANY, 400, "tooMany", 3 },
	{ SCIM_UNIQUENESS, 409, "uniqueness", 6 },
	{ SCIM_MUTABILITY, 400, "mutability", 3 },
	{ SCIM_INVALID_SYNTAX, 400, "invalidSyntax", 3 },
	{ SCIM_INVALID_PATH, 400, "invalidPath", 3 },
	{ SCIM_NO_TARGET, 400, "noTarget", 3 },
	{ SCIM_INVALID_VALUE, 400, "invalidValue", 3 },
	{ SCIM_INVALID_VERS, 400, "invalidVers", 3 },
	{ SCIM_SENSITIVE, 403, "sensitive", 7 },
	{ SCIM_INVALID_CURSOR, 400, "invalidCursor", 3 },
	{ SCIM_EXPIRED_CURSOR, 400, "expiredCursor", 3 },
	{ SCIM_INVALID_COUNT, 400, "invalidCount", 3 },
	{ SCIM_BAD_REQUEST, 400, NULL, 3 },
	{ SCIM_UNAUTHORIZED, 401, NULL, 16 },
	{ SCIM_FORBIDDEN, 403, NULL, 7 },
	{ SCIM_NOT_FOUND, 404, NULL, 5 },
	{ SCIM_METHOD_NOT_ALLOWED, 405, NULL, 12 },
	{ SCIM_CONFLICT, 409, NULL, 6 },
	{ SCIM_GONE, 410, NULL, 5 },
	{ SCIM_PRECONDITION_FAILED, 412, NULL, 9 },
	{ SCIM_TOO_LARGE, 413, NULL, 3 },
	{ SCIM_UNSUPPORTED_MEDIA_TYPE, 415, NULL, 3 },
	{ OAUTH_UNSUPPORTED_GRANT_TYPE, 400, NULL, 3 },
	{ OAUTH_UNAUTHORIZED_CLIENT, 400, NULL, 9 },
	{ OAUTH_INVALID_SCOPE, 400, NULL, 3 },
	{ SCIM_NOT_IMPLEMENTED, 501, NULL, 12 },
	{ SCIM_UNAVAILABLE, 503, NULL, 14 },
	{ SCIM_RETRY, 503, NULL, 14 },
	{ SCIM_INTERNAL, 500, NULL, 13 },
};

static void every_error_says_what_the_rfc_says(void)
{
	size_t n = sizeof(expected) / sizeof(expected[0]);

	CU_ASSERT_EQUAL(n, SCIM__MAX - 1);
	for (size_t i = 0; i < n; i++) {
		const struct err_row *row = err_row(expected[i].err);

		CU_ASSERT_EQUAL(row->status, expected[i].status);
		CU_ASSERT_EQUAL(row->rpc_code, expected[i].rpc_code);
		CU_ASSERT_EQUAL(!row->scim_type, !expected[i].scim_type);
		if (row->scim_type && expected[i].scim_type)
			CU_ASSERT_STRING_EQUAL(row->scim_type, expected[i].scim_type);
	}
}

static const struct {
	const char *sqlstate;
	enum scim_err err;
} states[] = {
	{ "23505", SCIM_UNIQUENESS },
	{ "23503", SCIM_INVALID_VALUE },
	{ "22021", SCIM_INVALID_VALUE },
	{ "22P05", SCIM_INVALID_VALUE },
	{ "22P02", SCIM_INVALID_VALUE },
	{ "22003", SCIM_INVALID_VALUE },
	{ "22007", SCIM_INVALID_VALUE },
	{ "22008", SCIM_INVALID_VALUE },
	{ "54000", SCIM_INVALID_VALUE },
	{ "54001", SCIM_INVALID_VALUE },
	{ "40001", SCIM_RETRY },
	{ "40P01", SCIM_RETRY },
	{ "55P03", SCIM_UNAVAILABLE },
	{ "57014", SCIM_UNAVAILABLE },
	{ "25P03", SCIM_UNAVAILABLE },
	{ "25006", SCIM_UNAVAILABLE },
	{ "53000", SCIM_UNAVAILABLE },
	{ "53100", SCIM_UNAVAILABLE },
	{ "53200", SCIM_UNAVAILABLE },
	{ "53300", SCIM_UNAVAILABLE },
	{ "57P01", SCIM_UNAVAILABLE },
	{ "57P02", SCIM_UNAVAILABLE },
	{ "57P03", SCIM_UNAVAILABLE },
	{ "08000", SCIM_UNAVAILABLE },
	{ "08006", SCIM_UNAVAILABLE },
	{ NULL, SCIM_UNAVAILABLE },
	{ "42601", SCIM_INTERNAL },
	{ "42P01", SCIM_INTERNAL },
	{ "2201X", SCIM_INTERNAL },
	{ "23514", SCIM_INTERNAL },
	{ "40003", SCIM_INTERNAL },
	{ "57P04", SCIM_INTERNAL },
	{ "XX000", SCIM_INTERNAL },
	{ "", SCIM_INTERNAL },
};

static void every_status_has_its_words(void)
{
	for (int i = 0; i < SCIM__MAX; i++)
		CU_ASSERT(*status_reason(err_row(i)->status) != '\0');
	CU_ASSERT_STRING_EQUAL(status_reason(201), "Created");
}

static void every_sqlstate_has_its_error(void)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		CU_ASSERT_EQUAL(err_of_sqlstate(states[i].sqlstate), states[i].err);
}

CU_TestInfo err_tests[] = {
	{ "every row is complete", every_row_is_complete },
	{ "every error says what the RFC says", every_error_says_what_the_rfc_says },
	{ "every status has its words", every_status_has_its_words },
	{ "every SQLSTATE has its error", every_sqlstate_has_its_error },
	CU_TEST_INFO_NULL,
};
