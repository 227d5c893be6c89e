/* SPDX-License-Identifier: MIT */
/* What may be kept of a request. */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "support.h"
#include "web/redact.h"

/* 01a201bc-5fe3-76d0-8919-0850f5360eda:rollcall_scim_00 */
#define BASIC_CREDENTIAL \
	"MDFhMjAxYmMtNWZlMy03NmQwLTg5MTktMDg1MGY1MzYwZWRh" \
	"OnJvbGxjYWxsX3NjaW1fMDA="

static const struct url_row {
	const char *path;
	const char *query;
	const char *expected;
} urls[] = {
	{ "/scim/v2/Users", "", "/scim/v2/Users" },
	{ "/scim/v2/Users", "filter=userName+eq+%22a%22",
		"/scim/v2/Users?filter=userName+eq+%22a%22" },
	{ "/scim/v2/Users", "filter=password+eq+%22x%22", "/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "filter=PassWord+eq+%22x%22", "/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "filter=%70%61ssword", "/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "token=rollcall_scim_00", "/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "token=rollcall%5Fsk_00", "/scim/v2/Users?[redacted]" },
	/* as JSON spells it in a filter */
	{ "/scim/v2/Users", "filter=userName+eq+%22%5Cu0072ollcall_scim_00%22",
		"/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "filter=userName+eq+%22%5Cu00e9%22",
		"/scim/v2/Users?filter=userName+eq+%22%5Cu00e9%22" },
	{ "/v1/events", "after=whsec_AAAA", "/v1/events?[redacted]" },
	{ "/scim/v2/Users", "a=%FF", "/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "a=%", "/scim/v2/Users?[redacted]" },
	{ "/scim/v2/Users", "secret=rollcall_client_00", "/scim/v2/Users?[redacted]" },
	{ "/setup/rollcall_setup_00", "", "[redacted]" },
	{ "/setup/ROLLCALL_SETUP_00", "a=1", "[redacted]" },
};

static void urls_lose_their_secrets(void)
{
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(*urls); i++)
		CU_ASSERT_STRING_EQUAL(
			redact_url(arena, urls[i].path, urls[i].query), urls[i].expected);
	arena_free(arena);
}

/* NULL: kept as it came. */
static const struct body_row {
	const char *text;
	const char *expected;
} bodies[] = {
	{ "{ \"userName\" : \"a\" }", NULL },
	{ "{\"password\":\"p\"}", "{\"password\":\"[redacted]\"}" },
	{ "{\"PASSWORD\":\"p\",\"a\":1}", "{\"PASSWORD\":\"[redacted]\",\"a\":1}" },
	{ "{\"password\":{\"value\":\"p\"}}", "{\"password\":\"[redacted]\"}" },
	{ "{\"password\":[\"p\"]}", "{\"password\":\"[redacted]\"}" },
	{ "{\"pass\\u0077ord\":\"p\"}", "{\"password\":\"[redacted]\"}" },
	/* an escape that cannot spell a name leaves the text as it is */
	{ "{ \"title\":\"\\u00e9\\u001f\\u4e2d\" }", "{ \"title\":\"\\u00e9\\u001f\\u4e2d\" }" },
	{ "{\"a\":{\"b\":[{\"password\":\"p\"}]}}",
		"{\"a\":{\"b\":[{\"password\":\"[redacted]\"}]}}" },
	{ "{\""
	  "urn:ietf:params:scim:schemas:core:2.0:User:password\":\"p\"}",
		"{\"urn:ietf:params:scim:schemas:core:2.0:User:password\":\"[redacted]\"}" },
	{ "{\"Operations\":[{\"op\":\"add\",\"path\":\"password\",\"value\":\"p\"}]}",
		"{\"Operations\":[{\"op\":\"add\",\"path\":\"password\",\"value\":\"[redacted]\"}]}" },
	{ "{\"Operations\":[{\"OP\":\"add\",\"Path\":\"PASSWORD\",\"VALUE\":\"p\"}]}",
		"{\"Operations\":[{\"OP\":\"add\",\"Path\":\"PASSWORD\",\"VALUE\":\"[redacted]\"}]}" },
	{ "{\"Operations\":[{\"path\":\"urn:x:User:password\",\"value\":\"p\"}]}",
		"[not kept: quotes a password]" },
	{ "{\"Operations\":[{\"path\":\"password[value eq \\\"p\\\"]\"}]}",
		"[not kept: quotes a password]" },
	{ "{\"Operations\":[{\"value\":{\"password.p\":1}}]}", "[not kept: quotes a password]" },
	{ "{\"Operations\":[{\"op\":\"add\",\"value\":{\"password\":\"p\",\"title\":\"t\"}}]}",
		"{\"Operations\":[{\"op\":\"add\",\"value\":{\"password\":\"[redacted]\","
		"\"title\":\"t\"}}]}" },
	{ "{\"Operations\":[{\"path\":\"pass\\u0077ord\",\"value\":\"p\"}]}",
		"{\"Operations\":[{\"path\":\"password\",\"value\":\"[redacted]\"}]}" },
	{ "{\"meta\":{\"attributes\":[\"password[value eq \\\"p\\\"]\"]}}",
		"[not kept: quotes a password]" },
	{ "{\"meta\":{\"Attributes\":[\"title\",{\"value\":\"pass\\u0077ord.p\"}]}}",
		"[not kept: quotes a password]" },
	{ "{\"meta\":{\"attributes\":[\"password\",1]}}",
		"{\"meta\":{\"attributes\":[\"password\",1]}}" },
	{ "{\"title\":\"the password is p\"}", "{\"title\":\"the password is p\"}" },
	{ "{\"title\":\"rollcall_scim_00\"}", "[not kept: holds a credential]" },
	{ "{\"title\":\"rollcall\\u005fsk_00\"}", "[not kept: holds a credential]" },
	{ "{\"password\":\"rollcall_sk_00\"}", "{\"password\":\"[redacted]\"}" },
};

static void bodies_lose_their_secrets(void)
{
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		const struct body_row *row = &bodies[i];
		const char *expected = row->expected ? row->expected : row->text;
		struct ctx *cx = test_ctx();
		struct json_object *tree, *copy;
		const char *got;

		CU_ASSERT_FALSE_FATAL(json_parse(cx, row->text, strlen(row->text), &tree));
		CU_ASSERT_FALSE_FATAL(json_parse(cx, row->text, strlen(row->text), &copy));
		got = redact_body(cx->arena, row->text, tree);
		CU_ASSERT_STRING_EQUAL(got, expected);
		if (strcmp(got, expected) != 0)
			printf("\nexpected %s\ngot %s", expected, got);
		CU_ASSERT_TRUE(json_same(tree, copy)); /* the tree still serves the request */
		test_ctx_free(cx);
	}
}

static const struct attr cred_subs[] = { { .name = "key" }, { .name = "salt", .returned = R_NEVER },
	{ 0 } };
static const struct attr secret_attrs[] = {
	{ .name = "pin", .mutability = M_WRITE_ONLY, .returned = R_NEVER },
	{ .name = "badge" },
	{ .name = "cred", .type = T_COMPLEX, .subs = cred_subs },
	{ 0 },
};
static const struct schema secret_schema = { .urn = "urn:ab:x", .attrs = secret_attrs };
static const struct schema *const secret_extensions[] = { &enterprise_schema, &secret_schema,
	NULL };

/* NULL: kept as it came. */
static const struct body_row custom_bodies[] = {
	{ "{\"urn:ab:x\":{\"badge\":\"7\"},\"title\":\"shipping\"}", NULL },
	{ "{\"urn:ab:x\":{\"PIN\":\"1\",\"badge\":\"7\"}}",
		"{\"urn:ab:x\":{\"PIN\":\"[redacted]\",\"badge\":\"7\"}}" },
	{ "{\"pin\":1,\"shipping\":2}", "{\"pin\":\"[redacted]\",\"shipping\":2}" },
	{ "{\"cred\":[{\"key\":1,\"salt\":[2]}]}",
		"{\"cred\":[{\"key\":1,\"salt\":\"[redacted]\"}]}" },
	{ "{\"p\\u0069n\":1}", "{\"pin\":\"[redacted]\"}" },
	{ "{\"op\":\"add\",\"path\":\"urn:ab:x:pin\",\"value\":\"1\"}",
		"{\"op\":\"add\",\"path\":\"urn:ab:x:pin\",\"value\":\"[redacted]\"}" },
	{ "{\"path\":\"urn:ab:x:cred.salt\",\"value\":\"1\"}",
		"{\"path\":\"urn:ab:x:cred.salt\",\"value\":\"[redacted]\"}" },
	{ "{\"value\":{\"urn:ab:x:pin\":\"1\"}}", "{\"value\":{\"urn:ab:x:pin\":\"[redacted]\"}}" },
	{ "{\"path\":\"urn:ab:x:cred[salt eq \\\"1\\\"].key\",\"value\":2}",
		"[not kept: quotes a password]" },
	{ "{\"path\":\"cred[key eq 1].salt\",\"value\":2}", "[not kept: quotes a password]" },
	{ "{\"password\":\"p\",\"pin\":1}",
		"{\"password\":\"[redacted]\",\"pin\":\"[redacted]\"}" },
};

static void custom_secrets_are_lost_too(void)
{
	struct ctx *cx = test_ctx();
	struct resource_type types[KIND__MAX] = { user_type, group_type };
	const char *const *names;
	struct json_object *tree;
	size_t i;

	CU_ASSERT_PTR_NULL(redact_names(cx->arena, types));
	types[KIND_USER].extensions = secret_extensions;
	names = redact_names(cx->arena, types);
	CU_ASSERT_STRING_EQUAL(names[0], "pin");
	CU_ASSERT_STRING_EQUAL(names[1], "salt");
	CU_ASSERT_PTR_NULL(names[2]);
	for (i = 0; i < sizeof(custom_bodies) / sizeof(*custom_bodies); i++) {
		const struct body_row *row = &custom_bodies[i];

		CU_ASSERT_FALSE_FATAL(json_parse(cx, row->text, strlen(row->text), &tree));
		CU_ASSERT_STRING_EQUAL(redact_body_names(cx->arena, names, row->text, tree),
			row->expected ? row->expected : row->text);
	}
	CU_ASSERT_STRING_EQUAL(
		redact_url_names(cx->arena, names, "/U", "filter=urn%3Aab:x:P%49N+eq+%221%22"),
		"/U?[redacted]");
	CU_ASSERT_STRING_EQUAL(redact_url_names(cx->arena, names, "/U", "filter=shipping+pr"),
		"/U?filter=shipping+pr");
	test_ctx_free(cx);
}

static void what_is_no_json_is_not_kept(void)
{
	struct arena *arena = arena_new();

	CU_ASSERT_PTR_NULL(redact_body(arena, NULL, NULL));
	CU_ASSERT_PTR_NULL(redact_body(arena, "", NULL));
	CU_ASSERT_STRING_EQUAL(redact_body(arena, "{\"password\":\"p", NULL),
		"[not kept: 14 bytes that are not JSON]");
	arena_free(arena);
}

static void headers_are_printable(void)
{
	struct arena *arena = arena_new();

	CU_ASSERT_PTR_NULL(redact_header(arena, NULL));
	CU_ASSERT_STRING_EQUAL(redact_header(arena, "Okta/1.0 (x; ~)"), "Okta/1.0 (x; ~)");
	CU_ASSERT_STRING_EQUAL(redact_header(arena, "a\r\nb\t\x7f\xc3\xbc"), "a??b????");
	CU_ASSERT_STRING_EQUAL(redact_header(arena, "x rollcall_scim_00"), "[redacted]");
	CU_ASSERT_STRING_EQUAL(redact_header(arena, "Basic " BASIC_CREDENTIAL), "[redacted]");
	CU_ASSERT_STRING_EQUAL(
		redact_url(arena, "/user", "auth=" BASIC_CREDENTIAL), "/user?[redacted]");
	arena_free(arena);
}

CU_TestInfo redact_tests[] = {
	{ "URLs lose their secrets", urls_lose_their_secrets },
	{ "bodies lose their secrets, their trees do not", bodies_lose_their_secrets },
	{ "so do they with secrets of custom schemas", custom_secrets_are_lost_too },
	{ "what is no JSON is not kept", what_is_no_json_is_not_kept },
	{ "headers are printable", headers_are_printable },
	CU_TEST_INFO_NULL,
};
