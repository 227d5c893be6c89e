/* SPDX-License-Identifier: MIT */
/*
 * The second fence. Statements are robbed of the first one, their predicate, and run as the
 * application's role inside directory A with ids, names and versions of directory B: what comes
 * back must be the same as with it, and B must not change. As the superuser the same mutants do
 * reach B, so it is row-level security that holds them.
 */
#include <CUnit/CUnit.h>
#include <ctype.h>

#include "base/buf.h"
#include "base/text.h"
#include "composed.h"
#include "database.h"
#include "support.h"

#define LATE "2999-01-01T00:00:00Z"
#define EARLY "2000-01-01T00:00:00Z"
#define NONE "00000000-0000-0000-0000-000000000000"
#define LAST "ffffffff-ffff-7fff-bfff-ffffffffffff"
#define FIRST "00000000-0000-0000-0000-000000000000"
#define OWN "00000000-0000-7000-8000-00000000000f" /* an id of this request */
#define LOG_OF(resource) \
	{ \
		OWN, LATE, "GET", "/", NULL, "200", NULL, NULL, "{}", resource, NULL, NULL, NULL, \
			"404", NULL, NULL, "{}", "304", "1", NULL \
	}

enum {
	PARAMS_MAX = 21
};

static const char *const tables[] = { "users", "groups", "group_members", "attribute_values",
	"count_deltas", "events", "request_log", "authentication_failures", NULL };

/* $1 is directory A; "B" stands for the id of a user of B, "G" for that of a group of B. */
static const struct mutant_row {
	enum stmt_id id;
	const char *params[PARAMS_MAX]; /* from $2 on */
} rows[] = {
	{ STMT_USER_BY_ID, { "B", "true" } },
	{ STMT_USER_LOCK, { "B", "true" } },
	{ STMT_USER_LOCK_DELETE, { "B", "false" } },
	{ STMT_USER_UPDATE,
		{ "B", "stolen", "stolen", NULL, "{}", "{}", LATE, OWN, "1", "{emails.value}",
			"{canary@x}", "{emails.value}", "{stolen}", OWN, "t", NULL, "true", "l" } },
	{ STMT_USER_DELETE, { "B", LATE, OWN, "1", "{emails.value}", "{canary@x}", OWN } },
	{ STMT_GROUP_BY_ID, { "G", "true" } },
	{ STMT_GROUP_LOCK, { "G", "true" } },
	{ STMT_GROUP_LOCK_DELETE, { "G", "false" } },
	{ STMT_GROUP_UPDATE, { "G", "stolen", "stolen", NULL, "{}", "{}", LATE, OWN, "1", "{}",
				     "{}", "{x}", "{stolen}", OWN, "t" } },
	{ STMT_GROUP_DELETE, { "G", LATE, OWN, "1", "{}", "{}", OWN } },
	{ STMT_MEMBERS_CHANGE,
		{ "G", "{}", "{}", "{}", LATE, OWN, OWN, "1", "0", "", "{B}", "{User}" } },
	{ STMT_MEMBERS_CHANGE_MANY,
		{ "G", "{}", "{}", "{}", LATE, OWN, OWN, "1", "0", "", "{B}", "{User}" } },
	{ STMT_MEMBERS_REPLACE, { "G", "{B}", "{User}", "{}", LATE, OWN, OWN, "1", "0", "" } },
	{ STMT_MEMBER_USERS, { "G" } },
	{ STMT_HOLDERS_LOCK, { "B" } },
	{ STMT_MEMBERSHIPS_DELETE, { "B", LATE, OWN, OWN } },
	{ STMT_MEMBERSHIPS_RENAME, { "B", "stolen", LATE, OWN } },
	{ STMT_LOG_FIND, { "B" } },
	{ STMT_TOTAL, { "users" } },
	{ STMT_READ_USER, { "B" } },
	{ STMT_READ_GROUP, { "G" } },
	{ STMT_MEMBERS_PAGE, { "G", FIRST, "10" } },
	{ STMT_LOG_BY_ID, { "B" } },
	{ STMT_FAILURES, { "2000-01-01T00:00:00Z", "10" } },
	{ STMT_USER_LOG, LOG_OF("B") },
	{ STMT_USER_LOG_AGAIN, LOG_OF("B") },
	{ STMT_GROUP_LOG, LOG_OF("G") },
	{ STMT_GROUP_LOG_AGAIN, LOG_OF("G") },
	{ STMT_COUNTS_FOLD, { "users", OWN } },
	{ STMT_LOG_PURGE, { LAST, "1000" } },
	{ STMT_FAILURES_PURGE, { LATE } },
	{ STMT_USER_TOMBSTONES, { LATE, "1000" } },
	{ STMT_GROUP_TOMBSTONES, { LATE, "1000" } },
	{ STMT_PURGE_USERS, { "1000" } },
	{ STMT_PURGE_GROUPS, { "1000" } },
	{ STMT_PURGE_MEMBERS, { "1000" } },
	{ STMT_PURGE_VALUES, { "1000" } },
	{ STMT_PURGE_LOG, { "1000" } },
	{ STMT_PURGE_REST, { NULL } },
	{ STMT_PURGE_DIRECTORY, { NULL } },
	{ STMT_SCHEMA_USE_USERS, { "canary" } },
	{ STMT_SCHEMA_USE_GROUPS, { "canary" } },
	{ STMT_SETUP_LOG, { NULL } },
	{ STMT_SETUP_FAILURES, { "2000-01-01T00:00:00Z" } },
	{ STMT_CONSOLE_STATE, { NONE, EARLY, "1000" } },
	{ STMT_CONSOLE_TRAFFIC, { NONE, EARLY, "3600", "1000" } },
	{ STMT_CONSOLE_GROWTH, { NONE, EARLY, "86400" } },
	{ STMT_CONSOLE_USERS, { LAST, "1000" } },
	{ STMT_CONSOLE_USER_SEARCH, { "can", "cao", "can", "cao", "1000" } },
	{ STMT_CONSOLE_GROUPS, { LAST, "1000" } },
	{ STMT_CONSOLE_GROUP_SEARCH, { "can", "cao", "can", "cao", "1000" } },
};

static const struct position first = { NULL, { { 0 } } };

static const struct listing lists[] = {
	{ .filter = NULL },
	{ .after = &first },
	{ .offset = 1 },
	{ .sort = "userName" },
	{ .filter = "userName eq \"canary\"" },
	{ .filter = "userName sw \"can\"" },
	{ .filter = "externalId eq \"canary\"" },
	{ .filter = "emails.value eq \"canary@x\"" },
	{ .filter = "emails[value eq \"canary@x\" and type eq \"work\"]" },
	{ .filter = "not (title eq \"x\") or active eq true", .sort = "title", .after = &first },
	{ .filter = "groups.display sw \"can\"" },
	{ .filter = "groups.type eq \"direct\"", .memberships = true },
	{ .groups = true, .memberships = true },
	{ .groups = true, .filter = "members.display sw \"can\"" },
	{ .groups = true, .filter = "not (members[type eq \"Group\"])", .sort = "displayName" },
	{ .both = true, .offset = 1 },
	{ .both = true, .filter = "id pr", .memberships = true },
};

static struct {
	struct arena *arena;
	PGconn *conn; /* of the superuser, who takes the role of the application */
	struct customer a;
	struct customer b;
	const char *victim; /* a user of B */
	const char *group; /* and a group */
	unsigned live; /* mutants that reach B when nothing holds them */
} world;

static const char *id_of(const struct customer *customer)
{
	return uuid_text(world.arena, &customer->directory);
}

static PGresult *run(const char *sql, int count, const char *const *params)
{
	PGresult *result = PQexecParams(world.conn, sql, count, NULL, params, NULL, NULL, 0);

	arena_defer(world.arena, (arena_fn *)PQclear, result);
	return result;
}

static const char *run_text(const char *sql)
{
	PGresult *result = run(sql, 0, NULL);

	CU_ASSERT_EQUAL_FATAL(PQresultStatus(result), PGRES_TUPLES_OK);
	return PQgetvalue(result, 0, 0);
}

/* All that B has, in one number. */
static const char *checksum(void)
{
	struct buf sql;
	int i;

	buf_init(&sql, world.arena, 0);
	buf_puts(&sql, "SELECT md5(string_agg(t, '' ORDER BY t)) FROM (");
	for (i = 0; tables[i]; i++)
		buf_printf(&sql, "%sSELECT '%s' || x::text FROM %s x WHERE directory_id = '%s'",
			i ? " UNION ALL " : "", tables[i], tables[i], id_of(&world.b));
	buf_puts(&sql, ") y (t)");
	return run_text(sql.data);
}

static void fill(const struct customer *customer, const char *name)
{
	const char *id = id_of(customer);

	sql_run("INSERT INTO users (directory_id, id, user_name, user_name_key, external_id, active,"
		" label, doc, keys, version, created_at, modified_at, last_write, deleted_at)"
		" SELECT '%s', gen_random_uuid(), '%s' || i, '%s' || nullif(i, 0), '%s', true, 'l',"
		" '{}', '{\"emails\":[{\"value\":\"%s@x\",\"type\":\"work\"}],\"%s\":1}', 1, now(), now(),"
		" gen_random_uuid(), CASE WHEN i = 3 THEN now() END FROM generate_series(1, 3) i",
		id, name, name, name, name, name);
	sql_run("UPDATE users SET user_name_key = '%s' WHERE user_name = '%s1'", name, name);
	sql_run("INSERT INTO attribute_values SELECT directory_id, 'emails.value', '%s@x', id"
		"  FROM users WHERE directory_id = '%s'",
		name, id);
	sql_run("INSERT INTO groups (directory_id, id, display_name, display_name_key, doc, keys,"
		" member_count, version, created_at, modified_at, last_write, deleted_at)"
		" SELECT directory_id, gen_random_uuid(), user_name, user_name_key, '{}', '{\"%s\":1}', 3, 1,"
		" now(), now(), id, deleted_at FROM users WHERE directory_id = '%s'",
		name, id);
	sql_run("INSERT INTO group_members SELECT directory_id, g.id, u.id, 'User', '%s'"
		"  FROM groups g JOIN users u USING (directory_id) WHERE directory_id = '%s'",
		name, id);
	sql_run("INSERT INTO count_deltas VALUES ('%s', 'users', gen_random_uuid(), 2),"
		" ('%s', 'users', gen_random_uuid(), 1)",
		id, id);
	sql_run("INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)"
		" SELECT directory_id, id, now(), '%s', id, 1, id FROM users"
		" WHERE directory_id = '%s'",
		name, id);
	sql_run("INSERT INTO request_log (directory_id, id, at, method, url, status, quirks)"
		" SELECT directory_id, id, now(), 'GET', '%s', 200, '{}' FROM users"
		" WHERE directory_id = '%s'",
		name, id);
	sql_run("INSERT INTO authentication_failures VALUES ('%s', now(), 1, now())", id);
}

static void begin(const char *name)
{
	memset(&world, 0, sizeof(world));
	world.arena = arena_new();
	customer_new(world.arena, name, &world.a);
	customer_new(world.arena, name, &world.b);
	fill(&world.a, "own");
	fill(&world.b, "canary");
	world.conn = database_connect_owner();
	world.victim = run_text(arena_printf(world.arena,
		"SELECT id FROM users WHERE directory_id = '%s' AND deleted_at IS NULL LIMIT 1",
		id_of(&world.b)));
	world.group = run_text(arena_printf(world.arena,
		"SELECT id FROM groups WHERE directory_id = '%s' AND deleted_at IS NULL LIMIT 1",
		id_of(&world.b)));
}

static void end(void)
{
	PQfinish(world.conn);
	arena_free(world.arena);
}

/* BEGIN, inside this directory (NULL: none); bound by row security or not. */
static void enter(const struct customer *customer, bool bound)
{
	run("BEGIN", 0, NULL);
	if (bound)
		run("SET LOCAL ROLE rollcall", 0, NULL);
	if (customer)
		run(arena_printf(
			    world.arena, "SET LOCAL rollcall.directory = '%s'", id_of(customer)),
			0, NULL);
}

/* The statement without its predicate; $1 stays in use. */
static const char *mutated(const char *sql)
{
	static const char predicate[] = "directory_id = $1::uuid";
	const char *at;
	struct buf buf;

	buf_init(&buf, world.arena, strlen(sql));
	for (; (at = strstr(sql, predicate)); sql = at + strlen(predicate)) {
		size_t len = (size_t)(at - sql);

		if (len > 0 && sql[len - 1] == '.') {
			len--;
			while (len > 0 && isalnum((unsigned char)sql[len - 1]))
				len--; /* its alias */
		}
		buf_put(&buf, sql, len);
		buf_puts(&buf, "$1::uuid IS NOT NULL");
	}
	buf_puts(&buf, sql);
	return buf.data;
}

/* All that came back: rows, and how many were changed. */
static const char *outcome(const PGresult *result)
{
	struct buf buf;
	int i, j;

	buf_init(&buf, world.arena, 0);
	buf_puts(&buf, PQresultErrorMessage(result));
	buf_puts(&buf, PQcmdStatus((PGresult *)(uintptr_t)result));
	for (i = 0; i < PQntuples(result); i++)
		for (j = 0; j < PQnfields(result); j++)
			buf_printf(&buf, "|%s", PQgetvalue(result, i, j));
	return buf.data;
}

/* What a statement gives inside A, and what B is afterwards. */
static const char *try(const char *sql, int count, const char *const *params, bool bound)
{
	const char *before, *after, *got;

	enter(&world.a, bound);
	got = outcome(run(sql, count, params));
	run("RESET ROLE", 0, NULL);
	before = strncmp(got, "ERROR", 5) == 0 ? "" : checksum();
	run("ROLLBACK", 0, NULL);
	after = checksum();
	return arena_printf(world.arena, "%s\n%s", got,
		!*before		     ? "failed"
		: strcmp(before, after) == 0 ? "B is the same"
					     : "B was changed");
}

static void try_mutant(const char *name, const char *sql, int count, const char *const *params)
{
	const char *mutant = mutated(sql);
	const char *right = try(sql, count, params, true);
	const char *got = try(mutant, count, params, true);
	bool held = strcmp(right, got) == 0 && strstr(got, "B is the same") != NULL &&
		    strstr(got, "canary") == NULL;

	CU_ASSERT_STRING_NOT_EQUAL(sql, mutant);
	CU_ASSERT_TRUE(held);
	if (!held)
		printf("\n%s: expected\n%s\ngot\n%s", name, right, got);
	if (strcmp(right, try(mutant, count, params, false)) != 0)
		world.live++;
	else
		printf("\n%s: held by more than row security", name);
}

/* A parameter with the ids of B put in. */
static const char *of_victim(const char *param)
{
	if (param && strcmp(param, "B") == 0)
		return world.victim;
	if (param && strcmp(param, "{B}") == 0)
		return arena_printf(world.arena, "{%s}", world.victim);
	return param && strcmp(param, "G") == 0 ? world.group : param;
}

static void mutants_of_the_table_are_held(void)
{
	const char *params[PARAMS_MAX + 1];
	bool tried[STMT__MAX] = { false };
	int i, j;

	begin("table");
	for (i = 0; i < (int)(sizeof(rows) / sizeof(*rows)); i++) {
		const struct stmt *stmt = &stmts[rows[i].id];

		params[0] = id_of(&world.a);
		for (j = 1; j < stmt->params; j++) {
			params[j] = rows[i].params[j - 1];
			params[j] = of_victim(params[j]);
		}
		try_mutant(stmt->name, stmt->sql, stmt->params, params);
		tried[rows[i].id] = true;
	}
	CU_ASSERT_TRUE(world.live >= sizeof(rows) / sizeof(*rows) - 5);
	for (i = 0; i < STMT__MAX; i++) {
		bool tokens = strstr(stmts[i].sql, "bearer_tokens") != NULL;

		CU_ASSERT_TRUE(
			tokens || tried[i] || !strstr(stmts[i].sql, "directory_id = $1::uuid"));
	}
	printf("\n%zu mutants, %u of them reach another directory without row security",
		sizeof(rows) / sizeof(*rows), world.live);
	end();
}

static void mutants_of_lists_are_held(void)
{
	struct ctx *cx = test_ctx();
	struct composed composed;
	size_t i;

	begin("lists");
	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		compose_list(cx, &world.a.directory, &lists[i], &composed);
		try_mutant(lists[i].filter ? lists[i].filter : "all", composed.sql, composed.count,
			composed.params);
	}
	CU_ASSERT_EQUAL(world.live, sizeof(lists) / sizeof(*lists));
	test_ctx_free(cx);
	end();
}

/* Lists of the read API and of the request log; ids are put in. */
static void mutants_of_readings_are_held(void)
{
	static const int64_t since = 0;
	const struct uuid zero = { { 0 } };
	struct ctx *cx = test_ctx();
	struct uuid user, group;
	struct composed composed;
	size_t i, n = 0;

	begin("readings");
	CU_ASSERT_TRUE_FATAL(uuid_parse(world.victim, UUID_TEXT - 1, &user));
	CU_ASSERT_TRUE_FATAL(uuid_parse(world.group, UUID_TEXT - 1, &group));
	const struct reading_query readings[] = {
		{ .kind = KIND_USER, .limit = 100 },
		{ .kind = KIND_USER, .limit = 100, .after = &zero, .since = &since },
		{ .kind = KIND_USER, .limit = 100, .after = &zero, .of = &group },
		{ .kind = KIND_USER, .limit = 100, .after = &zero, .email = "canary@x" },
		{ .kind = KIND_USER, .limit = 100, .email = "canary@x", .of = &group },
		{ .kind = KIND_GROUP, .limit = 100, .after = &zero, .since = &since },
		{ .kind = KIND_GROUP, .limit = 100, .after = &zero, .of = &user },
	};
	const struct log_query logs[] = {
		{ .limit = 100 },
		{ .limit = 100, .oldest = true, .after = &zero },
		{ .limit = 100, .from = &zero, .status_from = 1, .status_before = 1000 },
		{ .limit = 100, .text = "canary", .url_text = "canary" },
		{ .limit = 100, .resource = &user, .resource_text = "canary" },
	};
	for (i = 0; i < sizeof(readings) / sizeof(*readings); i++, n++) {
		struct reading_query query = readings[i];

		query.directory = &world.a.directory;
		compose_reading(cx, &query, &composed);
		try_mutant(composed.sql, composed.sql, composed.count, composed.params);
	}
	for (i = 0; i < sizeof(logs) / sizeof(*logs); i++, n++) {
		struct log_query query = logs[i];

		query.directory = &world.a.directory;
		compose_log(cx, &query, &composed);
		try_mutant(composed.sql, composed.sql, composed.count, composed.params);
	}
	CU_ASSERT_EQUAL(world.live, n);
	test_ctx_free(cx);
	end();
}

static const char *insert_of(const char *table, const struct customer *customer)
{
	return arena_printf(world.arena,
		"INSERT INTO %s SELECT (jsonb_populate_record(NULL::%s, '{\"directory_id\":\"%s\","
		"\"id\":\"" OWN "\",\"resource_id\":\"" OWN "\",\"request_id\":\"" OWN "\","
		"\"last_write\":\"" OWN "\",\"user_name\":\"x\",\"user_name_key\":\"x\","
		"\"display_name\":\"x\",\"display_name_key\":\"x\",\"member_count\":0,"
		"\"label\":\"x\",\"group_id\":\"" OWN "\",\"member_id\":\"" OWN "\","
		"\"display\":\"x\","
		"\"active\":true,\"doc\":{},\"keys\":{},\"version\":1,\"created_at\":\"" LATE "\","
		"\"modified_at\":\"" LATE "\",\"attribute\":\"x\",\"value_key\":\"x\","
		"\"kind\":\"users\",\"delta\":1,\"at\":\"" LATE "\","
		"\"type\":\"User\",\"method\":\"x\",\"url\":\"x\",\"status\":1,\"quirks\":[],"
		"\"hour\":\"" LATE "\",\"failures\":1,\"last_at\":\"" LATE "\"}')).*",
		table, table, id_of(customer));
}

static void nobody_inserts_elsewhere(void)
{
	int i;

	begin("inserts");
	for (i = 0; tables[i]; i++) {
		PGresult *result;

		enter(&world.a, true);
		result = run(insert_of(tables[i], &world.a), 0, NULL);
		CU_ASSERT_EQUAL(PQresultStatus(result), PGRES_COMMAND_OK);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			printf("\n%s", PQresultErrorMessage(result));
		result = run(insert_of(tables[i], &world.b), 0, NULL);
		CU_ASSERT_STRING_EQUAL(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
		run("ROLLBACK", 0, NULL);
		enter(NULL, true);
		result = run(insert_of(tables[i], &world.a), 0, NULL);
		CU_ASSERT_STRING_EQUAL(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
		run("ROLLBACK", 0, NULL);
	}
	end();
}

/* Nor moves a row there. */
static void nobody_sees_without_entering(void)
{
	int i;

	begin("unentered");
	for (i = 0; tables[i]; i++) {
		enter(NULL, true);
		CU_ASSERT_STRING_EQUAL(
			run_text(arena_printf(world.arena, "SELECT count(*) FROM %s", tables[i])),
			"0");
		run("ROLLBACK", 0, NULL);
		enter(&world.a, true);
		CU_ASSERT_STRING_NOT_EQUAL(
			run_text(arena_printf(world.arena, "SELECT count(*) FROM %s", tables[i])),
			"0");
		CU_ASSERT_STRING_EQUAL(
			PQresultErrorField(
				run(arena_printf(world.arena, "UPDATE %s SET directory_id = '%s'",
					    tables[i], id_of(&world.b)),
					0, NULL),
				PG_DIAG_SQLSTATE),
			"42501");
		run("ROLLBACK", 0, NULL);
	}
	end();
}

/* Every table with a directory_id that is no global one is fenced, also against its owner. */
static void every_tenant_table_is_fenced(void)
{
	struct arena *arena = arena_new();

	CU_ASSERT_STRING_EQUAL(
		sql_list(arena, "SELECT c.relname FROM pg_class c JOIN pg_attribute a"
				" ON a.attrelid = c.oid AND a.attname = 'directory_id'"
				" WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND"
				" c.relforcerowsecurity) ORDER BY 1"),
		"bearer_tokens oauth_clients");
	CU_ASSERT_STRING_EQUAL(
		sql_list(arena, "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity"
				" AND NOT EXISTS (SELECT FROM pg_policy p"
				" WHERE p.polrelid = c.oid AND p.polcmd = '*')"),
		"");
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM pg_class WHERE relrowsecurity"), 9);
	CU_ASSERT_STRING_EQUAL(sql_text(arena, "SELECT rolsuper OR rolbypassrls FROM pg_roles"
					       " WHERE rolname = 'rollcall'"),
		"f");
	arena_free(arena);
}

CU_TestInfo rls_tests[] = {
	{ "every tenant table is fenced", every_tenant_table_is_fenced },
	{ "nobody sees a row without entering, nor moves one", nobody_sees_without_entering },
	{ "nobody inserts elsewhere", nobody_inserts_elsewhere },
	{ "mutants of the table are held", mutants_of_the_table_are_held },
	{ "mutants of lists are held", mutants_of_lists_are_held },
	{ "mutants of readings are held", mutants_of_readings_are_held },
	CU_TEST_INFO_NULL,
};
