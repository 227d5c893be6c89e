/* SPDX-License-Identifier: MIT */
/* The audit log's fence, and the upkeep of what environments and OAuth clients leave behind. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "database.h"
#include "store/api_key.h"
#include "store/audit.h"
#include "store/credential.h"
#include "store/maintain.h"
#include "store/oauth.h"
#include "support.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

static struct customer customer, other;
static struct arena *arena;

static void begin(const char *name)
{
	arena = arena_new();
	customer_new(arena, name, &customer);
	customer_new(arena, "other", &other);
}

/* A row in the customer's log, in one trip with the verification of a key. */
static enum scim_err write_row(const char *key, const struct uuid *claimed)
{
	const struct audit row = {
		.actor = "api_key", .method = "POST", .path = "/v1/organizations", .status = 200
	};
	struct key_holder holder = { .environment = *claimed };
	struct ctx *cx = database_ctx();
	enum scim_err e;

	db_start(cx, test_db);
	if (key)
		environment_enter(cx, test_db, key, false, SCOPE_MANAGE, &holder);
	audit_queue(cx, test_db, &customer.environment, &row);
	e = db_run(cx, test_db);
	test_ctx_free(cx);
	return e;
}

static int64_t rows_kept(void)
{
	return sql_int("SELECT count(*) FROM audit_log WHERE environment_id = '%s'",
		uuid_text(arena, &customer.environment));
}

static void only_who_was_let_in_leaves_a_row(void)
{
	const char *wrong;

	begin("fence");
	wrong = arena_printf(arena, "%.*s0", (int)strlen(customer.key) - 1, customer.key);
	if (strcmp(wrong, customer.key) == 0)
		wrong = arena_printf(arena, "%.*s1", (int)strlen(customer.key) - 1, customer.key);
	CU_ASSERT_EQUAL(write_row(NULL, &customer.environment), SCIM_OK);
	CU_ASSERT_EQUAL(write_row(wrong, &customer.environment), SCIM_UNAUTHORIZED);
	CU_ASSERT_EQUAL(write_row(other.key, &other.environment), SCIM_OK);
	CU_ASSERT_EQUAL(rows_kept(), 0);
	/* who is known and may not: that is what the log is for */
	CU_ASSERT_EQUAL(write_row(customer.read_key, &customer.environment), SCIM_FORBIDDEN);
	CU_ASSERT_EQUAL(write_row(customer.key, &customer.environment), SCIM_OK);
	CU_ASSERT_EQUAL(rows_kept(), 2);
	arena_free(arena);
}

static void maintain(int64_t later)
{
	const struct retention retention = {
		.log_days = 10, .tombstone_days = 20, .audit_days = 30
	};
	struct ctx *cx;

	test_clock += later;
	cx = database_ctx();
	maintain_environment(cx, test_db, &customer.environment, &retention);
	maintain_directory(cx, test_db, &customer.directory, &retention);
	CU_ASSERT_EQUAL(db_state(test_db), DB_IDLE);
	test_ctx_free(cx);
}

/* With an end at the suite's clock. */
static void insert_guests(void)
{
	const char *environment = uuid_text(arena, &customer.environment);
	const char *organization = uuid_text(arena, &customer.organization);
	long long seconds = (long long)(test_clock / 1000000);

	sql_run("INSERT INTO sessions (environment_id, secret_sha256, kind, organization_id,"
		" created_at, expires_at) VALUES"
		" ('%s', '\\x00', 'setup', '%s', now(), to_timestamp(%lld)),"
		" ('%s', '\\x01', 'setup', '%s', now(), to_timestamp(%lld) + interval '1 year')",
		environment, organization, seconds, environment, organization, seconds);
	sql_run("INSERT INTO setup_links (environment_id, secret_sha256, organization_id,"
		" created_at, expires_at) VALUES"
		" ('%s', '\\x00', '%s', now(), to_timestamp(%lld))",
		environment, organization, seconds);
}

/* A client of the customer's directory, with one token that is good for a minute. */
static void issue_token(void)
{
	const struct uuid scope[2] = { customer.environment, customer.directory };
	struct oauth_client client = { .id = uuid_v7(test_clock) };
	struct ctx *cx = database_ctx();
	const char *secret;

	db_start(cx, test_db);
	secret = oauth_client_create(cx, test_db, scope, &client);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	oauth_issue(cx, test_db, &customer.directory, &client.id, secret, 60);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	test_ctx_free(cx);
}

static int64_t tokens_kept(void)
{
	return sql_int("SELECT count(*) FROM bearer_tokens WHERE directory_id = '%s'",
		uuid_text(arena, &customer.directory));
}

static void what_has_ended_goes(void)
{
	begin("ended");
	insert_guests();
	issue_token();
	CU_ASSERT_FALSE(write_row(customer.key, &customer.environment));
	maintain(0);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM sessions"), 2);
	CU_ASSERT_EQUAL(tokens_kept(), 2);
	maintain(2 * DAY_US);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM sessions"), 1);
	CU_ASSERT_EQUAL(tokens_kept(), 1);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM setup_links"), 1);
	maintain(9 * DAY_US);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM setup_links"), 0);
	CU_ASSERT_EQUAL(rows_kept(), 1);
	maintain(20 * DAY_US);
	CU_ASSERT_EQUAL(rows_kept(), 0);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM sessions"), 1);
	arena_free(arena);
}

CU_TestInfo access_tests[] = {
	{ "only who was let in leaves a row in the audit log", only_who_was_let_in_leaves_a_row },
	{ "what has ended goes", what_has_ended_goes },
	CU_TEST_INFO_NULL,
};
