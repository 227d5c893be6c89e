/* SPDX-License-Identifier: MIT */
/* The tables of the setup page: complete, and well-formed HTML. */
#include <CUnit/CUnit.h>

#include "base/err.h"
#include "base/text.h"
#include "support.h"
#include "web/explain.h"
#include "web/guide.h"

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

/* Only <b> and <code>, each closed; nothing that would need escaping. */
static void check_html(const char *text)
{
	const char *s;

	CU_ASSERT_EQUAL(count(text, "<b>"), count(text, "</b>"));
	CU_ASSERT_EQUAL(count(text, "<code>"), count(text, "</code>"));
	CU_ASSERT_EQUAL(count(text, "<"), count(text, "<b>") * 2 + count(text, "<code>") * 2);
	CU_ASSERT_EQUAL(count(text, ">"), count(text, "<"));
	CU_ASSERT_TRUE(utf8_valid(text, strlen(text)));
	for (s = text; (s = strchr(s, '&')); s++)
		CU_ASSERT_TRUE(strncmp(s, "&amp;", 5) == 0);
}

static void check_list(const char *const *items, size_t max)
{
	size_t i;

	for (i = 0; i < max && items[i]; i++)
		check_html(items[i]);
}

static void check_fields(const struct guide *guide)
{
	int seen[GUIDE_TOKEN + 1] = { 0 };
	size_t i;

	for (i = 0; i < GUIDE_FIELDS && guide->fields[i].label; i++) {
		const struct guide_field *field = &guide->fields[i];

		seen[field->kind]++;
		CU_ASSERT_TRUE(field->value ? field->kind <= GUIDE_URL : field->kind != GUIDE_TEXT);
		if (field->value && field->kind == GUIDE_URL)
			CU_ASSERT_EQUAL(field->value[0], '/');
	}
	CU_ASSERT_TRUE(seen[GUIDE_URL] >= 1);
	CU_ASSERT_EQUAL(seen[GUIDE_TOKEN], 1);
	CU_ASSERT_EQUAL(seen[GUIDE_ACCOUNT], guide->face != FACE_SCIM);
	CU_ASSERT_TRUE(face_rows[guide->face].dialect != NULL);
}

static void every_guide_is_whole(void)
{
	size_t i, j;

	CU_ASSERT_EQUAL(guide_count, 13);
	for (i = 0; i < guide_count; i++) {
		CU_ASSERT_PTR_EQUAL(guide_find(guides[i].slug), &guides[i]);
		CU_ASSERT_EQUAL(strspn(guides[i].slug, "abcdefghijklmnopqrstuvwxyz"),
			strlen(guides[i].slug));
		CU_ASSERT_PTR_NOT_NULL(guides[i].before[0]);
		CU_ASSERT_PTR_NOT_NULL(guides[i].after[0]);
		check_list(guides[i].before, GUIDE_STEPS);
		check_list(guides[i].after, GUIDE_STEPS);
		check_list(guides[i].notes, GUIDE_NOTES);
		check_fields(&guides[i]);
		for (j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(guides[i].slug, guides[j].slug);
	}
	CU_ASSERT_PTR_NULL(guide_find(NULL));
	CU_ASSERT_PTR_NULL(guide_find(""));
	CU_ASSERT_PTR_NULL(guide_find("Okta"));
}

static const struct {
	const char *method, *url, *text;
	const char *below; /* the base URL */
} requests[] = {
	{ "POST", "/v1/scim/scim_directory_x/Users", "Create a user", "/Users" },
	{ "GET", "/scim/v2/Users?filter=userName%20eq%20%22a%22", "Look for a user",
		"/Users?filter=userName%20eq%20%22a%22" },
	{ "GET", "/scim/v2/Users", "List users", "/Users" },
	{ "GET", "/scim/v2/Users/scim_user_x", "Read a user", "/Users/scim_user_x" },
	{ "PATCH", "/scim/v2/Groups/scim_group_x", "Change a group or its members",
		"/Groups/scim_group_x" },
	{ "POST", "/scim/v2/Users/.search", "Look for a user", "/Users/.search" },
	{ "POST", "/scim/v2/.search", "Look for a user or a group", "/.search" },
	{ "POST", "/scim/v2/Bulk", "Make several changes", "/Bulk" },
	{ "GET", "/scim/v2", "Another request", "/scim/v2" },
	{ "POST", "/scim/v1/Users", "Create a user", "/Users" },
	{ "GET", "/scim/v1/ServiceProviderConfigs", "Ask what is supported",
		"/ServiceProviderConfigs" },
	{ "PATCH", "/scim/v1/Groups/01a2", "Change a group or its members", "/Groups/01a2" },
	{ "POST", "/api/directory/user?option=DEFAULT_USER_GROUP", "Create a user",
		"/user?option=DEFAULT_USER_GROUP" },
	{ "GET", "/api/directory/user?filter=userName%20eq%20%22a%22", "Look for a user",
		"/user?filter=userName%20eq%20%22a%22" },
	{ "GET", "/api/directory/user", "List users", "/user" },
	{ "PUT", "/v1/user/01a2", "Change a user", "/user/01a2" },
	{ "DELETE", "/v1/group/01a2", "Delete a group", "/group/01a2" },
	{ "GET", "/api/directory/group/01a2/users/count", "Read a group",
		"/group/01a2/users/count" },
	{ "POST", "/api/directory/users/authenticate?by=subject", "Check a password",
		"/users/authenticate?by=subject" },
	{ "POST", "/api/directory/users/password-lost", "Set a password", "/users/password-lost" },
	{ "POST", "/api/oauth/token", "Check a password", "/oauth/token" },
	{ "POST", "/v1/useractions/invite", "Invite somebody", "/useractions/invite" },
	{ "POST", "/v1/users", "Another request", "/v1/users" },
	{ "OPTIONS", "/", "Another request", "/" },
};

static void requests_have_names(void)
{
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		CU_ASSERT_STRING_EQUAL(
			explain_request(requests[i].method, requests[i].url), requests[i].text);
		CU_ASSERT_STRING_EQUAL(explain_url(requests[i].url), requests[i].below);
	}
}

/* Whatever the server answers has a sentence of its own. */
static void every_error_is_explained(void)
{
	static const char generic[] = "It failed.";
	struct arena *arena = arena_new();
	const struct err_row *row;
	const char *text;
	int e;

	for (e = SCIM_OK + 1; e < SCIM__MAX; e++) {
		row = err_row(e);
		text = explain_failure(row->status, "/scim/v2/x",
			row->scim_type
				? arena_printf(arena, "{\"scimType\":\"%s\"}", row->scim_type)
				: NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(text);
		CU_ASSERT_NOT_EQUAL(strncmp(text, generic, strlen(generic)), 0);
	}
	arena_free(arena);
}

static const struct {
	int status;
	const char *url, *answer, *part; /* of the sentence; NULL: it did not fail */
} failures[] = {
	{ 200, "/Users", NULL, NULL },
	{ 304, "/Users/x", NULL, NULL },
	{ 409, "/Users", "{\"scimType\":\"uniqueness\"}", "somebody with this user name" },
	{ 409, "/Groups", "{\"schemas\":[],\"scimType\":\"uniqueness\",\"detail\":\"x\"}",
		"a group of this name" },
	{ 409, "/Users", NULL, "contradicts" },
	{ 400, "/Users?filter=x", "{\"scimType\":\"invalidFilter\"}", "userName works everywhere" },
	{ 400, "/Users", "{\"scimType\":\"invalidValueX\"}", "was not understood" },
	{ 400, "/Users", "not JSON", "was not understood" },
	{ 404, "/Users/x", NULL, "This person is not here" },
	{ 404, "/Groups/x", NULL, "This group is not here" },
	{ 404, "/scim/Users", NULL, "Check the base URL" },
	{ 500, "/Users", NULL, "The fault is ours" },
	{ 418, "/Users", NULL, "It failed." },
	/* SCIM 1.1 */
	{ 404, "/v1/user/x", "{\"Errors\":[{\"description\":\"x\",\"code\":\"404\"}]}",
		"This person is not here" },
	{ 404, "/api/directory/group/x", NULL, "This group is not here" },
	{ 409, "/api/directory/user", "{\"Errors\":[{\"description\":\"x\",\"code\":\"409\"}]}",
		"somebody with this user name" },
	{ 409, "/scim/v1/Groups", "{\"Errors\":[{\"description\":\"x\",\"code\":\"409\"}]}",
		"a group of this name" },
	{ 400, "/api/directory/user?filter=x",
		"{\"Errors\":[{\"description\":\"expected an operator at character 3 of the filter\","
		"\"code\":\"400\"}]}",
		"userName works everywhere" },
	{ 400, "/api/directory/user?filter=x",
		"{\"Errors\":[{\"description\":\"'id' has an order among ids only\"}]}",
		"userName works everywhere" },
	{ 400, "/api/directory/user?filter=x",
		"{\"Errors\":[{\"description\":\"no attribute 'nick' in a User\"}]}",
		"userName works everywhere" },
	{ 400, "/scim/v1/Users", "{\"Errors\":[{\"description\":\"userName is required\"}]}",
		"A value of this person" },
	{ 400, "/v1/group/x", "{\"Errors\":[{\"description\":\"displayName: too long\"}]}",
		"A value of this group" },
	{ 400, "/v1/user/x", "{\"Errors\":[{\"description\":\"JSON: ends too early at byte 3\"}]}",
		"not well-formed" },
	{ 400, "/v1/user/x", "{\"Errors\":[{\"description\":\"id is readOnly\"}]}",
		"cannot be changed" },
	{ 501, "/api/oauth/token", "{\"Errors\":[]}", "not offered here" },
};

static void failures_say_what_to_do(void)
{
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		text = explain_failure(failures[i].status, failures[i].url, failures[i].answer);
		if (failures[i].part)
			CU_ASSERT_TRUE(text && strstr(text, failures[i].part));
		if (!failures[i].part)
			CU_ASSERT_PTR_NULL(text);
	}
}

CU_TestInfo guide_tests[] = {
	{ "every guide is whole", every_guide_is_whole },
	{ "requests have names", requests_have_names },
	{ "every error is explained", every_error_is_explained },
	{ "failures say what to do", failures_say_what_to_do },
	CU_TEST_INFO_NULL,
};
