/* SPDX-License-Identifier: MIT */
/* What the router promises for every route, and what it does when the database is not there. */
#include <CUnit/CUnit.h>
#include <openssl/evp.h>

#include "base/text.h"
#include "client.h"
#include "support.h"
#include "web/session.h"

#define WRONG_TOKEN "rollcall_scim_00000000000070008000000000000000ffffffffffffffffffffffffffffffff"
#define WRONG_KEY "rollcall_sk_00000000000070008000000000000000ffffffffffffffffffffffffffffffff"

static struct customer customer;
static struct arena *arena;

static void begin(const char *name)
{
	arena = arena_new();
	customer_new(arena, name, &customer);
}

/* A target of the route, with an id that nobody has. */
static const char *target_of(const struct route *route)
{
	const char *path = NULL, *mark;
	size_t i, before;

	for (i = 0; i < mount_count && !path; i++)
		if (!strchr(mounts[i].path, '{'))
			path = mount_route(arena, &mounts[i], route);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	mark = strchr(path, '{');
	before = mark ? (size_t)(mark - path) : strlen(path);
	return arena_printf(arena, "%.*s%s%s", (int)before, path, mark ? "x" : "",
		mark ? strchr(mark, '}') + 1 : "");
}

/* As a cookie, where the face is one of pages: what is no session's secret. */
static const char *cookie_of(const struct route *route, const char *credential)
{
	const char *kind = session_kind(route->face);

	return kind && credential ? arena_printf(arena, "rollcall_%s=%s", kind,
					    text_istarts(credential, strlen(credential), "bearer ")
						    ? credential + 7
						    : credential)
				  : NULL;
}

/* A page of the console. */
static bool leads_to_sign_in(const struct route *route)
{
	return route->face == FACE_CONSOLE && route->method == HTTP_GET;
}

static const char *basic(const char *name, const char *password)
{
	const char *text = arena_printf(arena, "%s:%s", name, password);
	unsigned char *code = arena_alloc(arena, 2 * strlen(text) + 4);

	EVP_EncodeBlock(code, (const unsigned char *)text, (int)strlen(text));
	return arena_printf(arena, "Basic %s", (const char *)code);
}

/* Without a credential and with any that is wrong the answer is the same. */
static void check_refusals(const struct route *route)
{
	const char *const wrong[] = { NULL, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer x",
		"Bearer " WRONG_TOKEN, "Bearer " WRONG_KEY,
		arena_printf(arena, "Bearer %s",
			face_rows[route->face].dialect ? customer.key : customer.token),
		arena_printf(arena, "Bearer %s, Bearer %s", customer.token, customer.key),
		arena_printf(arena, "Bearer %s x", customer.token),
		arena_printf(arena, "%s", customer.token), basic("x", customer.token),
		basic(uuid_text(arena, &customer.directory), customer.token),
		basic(uuid_text(arena, &customer.organization), WRONG_TOKEN),
		basic(uuid_text(arena, &customer.organization), customer.key) };
	int expected = leads_to_sign_in(route) ? 303 : 401;
	const char *first = NULL;
	struct answer answer;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct outgoing out = { .method = http_method_names[route->method],
			.target = arena_printf(
				arena, "%s?count=x&filter=x&nosuch=x", target_of(route)),
			.authorization = wrong[i],
			.cookie = cookie_of(route, wrong[i]),
			.body = "{" };

		client_send(arena, &out, &answer);
		CU_ASSERT_EQUAL(answer.status, expected);
		CU_ASSERT_TRUE(answer.challenge != (session_kind(route->face) != NULL));
		CU_ASSERT_FALSE(answer.entered);
		/* what does not even look like a credential costs nothing */
		CU_ASSERT_TRUE(!answer.body_read || answer.trips > 0);
		first = first ? first : answer.body;
		CU_ASSERT_STRING_EQUAL(answer.body, first);
		if (answer.status != expected)
			printf("\n%s %s with %s: %d %s", out.method, out.target,
				wrong[i] ? wrong[i] : "nothing", answer.status, answer.body);
	}
}

static void every_route_refuses_bad_credentials_alike(void)
{
	size_t i;

	begin("refusals");
	for (i = 0; i < route_count; i++)
		if (!(routes[i].flags & ROUTE_PUBLIC))
			check_refusals(&routes[i]);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM request_log"), 0);
	arena_free(arena);
}

/* A key that may only read gets no further than the routes that say so. */
static void every_management_route_needs_management_rights(void)
{
	struct answer answer;
	size_t i;

	begin("rights");
	for (i = 0; i < route_count; i++) {
		struct outgoing out = { .method = http_method_names[routes[i].method],
			.target = target_of(&routes[i]),
			.secret = customer.read_key,
			.body = "{" };

		if ((routes[i].flags & ROUTE_PUBLIC) || routes[i].face != FACE_MANAGEMENT)
			continue;
		client_send(arena, &out, &answer);
		CU_ASSERT_EQUAL(answer.status == 403, routes[i].scope != SCOPE_READ);
	}
	arena_free(arena);
}

static int status_of(const char *method, const char *target, const char *secret, const char *body,
	struct answer *answer)
{
	const struct outgoing out = {
		.method = method, .target = target, .secret = secret, .body = body
	};

	client_send(arena, &out, answer);
	return answer->status;
}

static void doubled_headers_are_refused(void)
{
	struct outgoing out = { .method = "GET", .target = "/scim/v2/Users", .ambiguous = true };
	struct answer answer;

	begin("doubled");
	out.secret = customer.token;
	client_send(arena, &out, &answer);
	CU_ASSERT_EQUAL(answer.status, 400);
	CU_ASSERT_EQUAL(answer.trips, 0);
	arena_free(arena);
}

/* The server ends the connection between two requests; nobody notices. */
static void cut(void)
{
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
			" WHERE usename = 'rollcall' AND datname = current_database()"),
		1);
}

static void a_lost_connection_is_replaced(void)
{
	struct answer answer;

	begin("lost");
	status_of("GET", "/scim/v2/Users", customer.token, NULL, &answer);
	cut();
	CU_ASSERT_EQUAL(status_of("GET", "/scim/v2/Users", customer.token, NULL, &answer), 200);
	cut();
	CU_ASSERT_EQUAL(status_of("POST", "/scim/v2/Users", customer.token, "{\"userName\":\"a\"}",
				&answer),
		201);
	cut();
	CU_ASSERT_EQUAL(status_of("POST", "/v1/organizations", customer.key, "{}", &answer), 200);
	cut();
	CU_ASSERT_EQUAL(status_of("GET", "/healthz/ready", NULL, NULL, &answer), 200);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM users"), 1);
	CU_ASSERT_EQUAL(sql_int("SELECT sum(delta) FROM count_deltas"), 1);
	arena_free(arena);
}

static void expect_unavailable(void)
{
	struct answer answer;

	CU_ASSERT_EQUAL(status_of("GET", "/scim/v2/Users", customer.token, NULL, &answer), 503);
	CU_ASSERT_TRUE(answer.retry_after);
	CU_ASSERT_STRING_EQUAL(answer.content_type, "application/scim+json");
	CU_ASSERT_EQUAL(status_of("POST", "/scim/v2/Users", customer.token, "{\"userName\":\"b\"}",
				&answer),
		503);
	CU_ASSERT_TRUE(answer.retry_after);
	CU_ASSERT_EQUAL(status_of("GET", "/v1/organizations", customer.key, NULL, &answer), 503);
	CU_ASSERT_STRING_EQUAL(answer.content_type, "application/json");
	CU_ASSERT_EQUAL(status_of("GET", "/healthz/ready", NULL, NULL, &answer), 503);
	CU_ASSERT_EQUAL(status_of("GET", "/healthz/live", NULL, NULL, &answer), 200);
	CU_ASSERT_EQUAL(status_of("GET", "/scim/v2/Schemas", NULL, NULL, &answer), 200);
}

static void without_a_database_the_answer_is_503(void)
{
	const struct db_settings nowhere = {
		.url = "host=/nonexistent", .budget_ms = 1000, .prepare = true
	};
	const struct db_settings superuser = {
		.url = getenv("TEST_OWNER_URL"), .budget_ms = 1000, .prepare = true
	};
	struct db *there = test_db;

	begin("nowhere");
	test_db = db_new(arena, &nowhere);
	expect_unavailable();
	db_close(test_db);
	/* whom row security does not bind is no one to serve as */
	test_db = db_new(arena, &superuser);
	expect_unavailable();
	db_close(test_db);
	test_db = there;
	arena_free(arena);
}

/* On a connection that is open, and on a new one. */
static void another_schema_is_not_served(void)
{
	struct answer answer;

	begin("schema");
	CU_ASSERT_EQUAL(status_of("GET", "/scim/v2/Users", customer.token, NULL, &answer), 200);
	sql_run("INSERT INTO schema_migrations VALUES (%d)", SCHEMA_VERSION + 1);
	expect_unavailable();
	cut();
	expect_unavailable();
	sql_run("DELETE FROM schema_migrations WHERE version > %d", SCHEMA_VERSION);
	CU_ASSERT_EQUAL(status_of("GET", "/scim/v2/Users", customer.token, NULL, &answer), 200);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM users WHERE user_name = 'b'"), 0);
	arena_free(arena);
}

/* Somebody holds the row for too long: 503, and nothing of the request stays. */
static void a_locked_row_is_waited_for_no_longer_than_allowed(void)
{
	struct answer answer;
	const char *target;
	PGconn *holder;

	begin("locked");
	CU_ASSERT_EQUAL_FATAL(status_of("POST", "/scim/v2/Users", customer.token,
				      "{\"userName\":\"held\"}", &answer),
		201);
	target = strstr(answer.location, "/scim/v2");
	holder = database_connect_owner();
	PQclear(PQexec(holder, "BEGIN"));
	PQclear(PQexec(holder, "UPDATE users SET version = 2 WHERE user_name = 'held'"));
	CU_ASSERT_EQUAL(
		status_of("PUT", target, customer.token, "{\"userName\":\"x\"}", &answer), 503);
	CU_ASSERT_TRUE(answer.retry_after);
	CU_ASSERT_EQUAL(status_of("DELETE", target, customer.token, NULL, &answer), 503);
	CU_ASSERT_EQUAL(status_of("GET", target, customer.token, NULL, &answer), 200);
	PQclear(PQexec(holder, "ROLLBACK"));
	PQfinish(holder);
	CU_ASSERT_EQUAL(status_of("DELETE", target, customer.token, NULL, &answer), 204);
	arena_free(arena);
}

CU_TestInfo router_tests[] = {
	{ "every route refuses bad credentials alike", every_route_refuses_bad_credentials_alike },
	{ "every management route needs management rights",
		every_management_route_needs_management_rights },
	{ "doubled headers are refused", doubled_headers_are_refused },
	{ "a lost connection is replaced", a_lost_connection_is_replaced },
	{ "without a database the answer is 503", without_a_database_the_answer_is_503 },
	{ "another schema is not served", another_schema_is_not_served },
	{ "a locked row is waited for no longer than allowed",
		a_locked_row_is_waited_for_no_longer_than_allowed },
	CU_TEST_INFO_NULL,
};
