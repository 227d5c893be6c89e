/* SPDX-License-Identifier: MIT */
/*
 * Plans with 100,000 users in one directory, as the application's role under row-level security and
 * without looking at the parameters: an index that only a superuser's plan uses is none.
 */
#include <CUnit/CUnit.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "composed.h"
#include "database.h"
#include "support.h"

#define NOBODY "00000000-0000-7000-8000-000000000001"
#define USER_ID "\"scim_user_0000000000000000000000001\""
#define GROUP_ID "\"scim_group_0000000000000000000000001\""

/* What is asked for: a statement of the table, or else a list. */
static const struct plan_row {
	const char *name;
	enum stmt_id stmt; /* 0: composed; STMT_SERVER_CHECK is 0 and of no interest */
	const char *filter;
	const char *sort;
	bool cursor;
	bool groups; /* of groups; or with users too */
	bool both;
	bool memberships;
	int offset;
	const char *index; /* one scan must use an index whose name begins so */
	const char *cond; /* with this in its condition */
	bool sorted; /* nodes that sort are no failure */
	bool feed; /* its parameters are those of a page of the feed */
	bool members; /* reads group_members; else it must not */
	bool custom; /* planned with its parameters: PostgreSQL takes OFFSET $n LIMIT $m for a tenth of all */
} rows[] = {
	{ .name = "get by id",
		.stmt = STMT_USER_BY_ID,
		.index = "users_",
		.cond = "(id = ",
		.members = true,
		.sorted = true },
	{ .name = "lock by id",
		.stmt = STMT_USER_LOCK,
		.index = "users_",
		.cond = "(id = ",
		.members = true,
		.sorted = true },
	{ .name = "get group by id",
		.stmt = STMT_GROUP_BY_ID,
		.index = "groups_",
		.cond = "(id = ",
		.members = true },
	{ .name = "read user", .stmt = STMT_READ_USER, .index = "users_", .cond = "(id = " },
	{ .name = "read group", .stmt = STMT_READ_GROUP, .index = "groups_", .cond = "(id = " },
	{ .name = "request by id",
		.stmt = STMT_LOG_BY_ID,
		.index = "request_log_pkey",
		.cond = "(id = " },
	{ .name = "total", .stmt = STMT_TOTAL, .index = "count_deltas_pkey", .cond = "(kind = " },
	{ .name = "token",
		.stmt = STMT_AUTH_DIRECTORY_READ,
		.index = "bearer_tokens_pkey",
		.cond = "(secret_sha256 = " },
	{ .name = "token's directory",
		.stmt = STMT_AUTH_DIRECTORY,
		.index = "directories_pkey",
		.cond = "(id = " },
	{ .name = "API key",
		.stmt = STMT_AUTH_KEY,
		.index = "api_keys_secret_key",
		.cond = "(secret_sha256 = " },
	{ .name = "feed",
		.stmt = STMT_FEED_LIST,
		.feed = true,
		.sorted = true,
		.index = "feed_pkey",
		.cond = "(\"position\" > " },
	{ .name = "feed of an organization",
		.stmt = STMT_FEED_LIST_ORGANIZATION,
		.feed = true,
		.sorted = true,
		.index = "feed_organization",
		.cond = "(\"position\" > " },
	{ .name = "feed of a directory",
		.stmt = STMT_FEED_LIST_DIRECTORY,
		.feed = true,
		.sorted = true,
		.index = "feed_directory",
		.cond = "(\"position\" > " },
	{ .name = "end of the feed",
		.stmt = STMT_FEED_LATEST,
		.feed = true,
		.sorted = true,
		.index = "feed_pkey",
		.cond = "(\"position\" < " },
	{ .name = "first page", .index = "users_live", .cond = "(directory_id = " },
	{ .name = "keyset page", .cursor = true, .index = "users_live", .cond = "(id > " },
	{ .name = "deep page",
		.offset = 5000,
		.index = "users_live",
		.cond = "(directory_id = ",
		.sorted = true,
		.custom = true },
	{ .name = "userName eq",
		.filter = "userName eq \"user7@example.com\"",
		.index = "users_user_name_key",
		.cond = "(user_name_key = ",
		.sorted = true },
	{ .name = "userName sw",
		.filter = "userName sw \"user77@\"",
		.index = "users_user_name_key",
		.cond = "(user_name_key >= ",
		.sorted = true },
	{ .name = "externalId eq",
		.filter = "externalId eq \"external7\"",
		.index = "users_external_id",
		.cond = "(external_id = ",
		.sorted = true },
	{ .name = "id eq",
		.filter = "id eq \"scim_user_0000000000000000000000001\"",
		.index = "users_",
		.cond = "(id = ",
		.sorted = true },
	{ .name = "emails.value eq",
		.filter = "emails.value eq \"user7@example.com\"",
		.index = "attribute_values_pkey",
		.cond = "(value_key = ",
		.sorted = true },
	{ .name = "emails[value eq and type eq]",
		.filter = "emails[value eq \"user7@example.com\" and type eq \"work\"]",
		.index = "attribute_values_pkey",
		.cond = "(value_key = ",
		.sorted = true },
	{ .name = "displayName eq and active eq",
		.filter = "displayName eq \"User 7\" and active eq true",
		.index = "attribute_values_pkey",
		.cond = "(value_key = ",
		.sorted = true },
	{ .name = "employeeNumber eq",
		.filter = URN_ENTERPRISE ":employeeNumber eq \"7\"",
		.index = "attribute_values_pkey",
		.cond = "(value_key = ",
		.sorted = true },
	{ .name = "members.value eq",
		.groups = true,
		.filter = "members.value eq " USER_ID,
		.index = "group_members_member",
		.cond = "(member_id = ",
		.members = true,
		.sorted = true },
	{ .name = "members eq",
		.groups = true,
		.filter = "members eq " USER_ID " and displayName sw \"g\"",
		.index = "group_members_member",
		.cond = "(member_id = ",
		.members = true,
		.sorted = true },
	{ .name = "members[value eq and type eq]",
		.groups = true,
		.filter = "members[value eq " USER_ID " and type eq \"User\"]",
		.index = "group_members_member",
		.cond = "(member_id = ",
		.members = true,
		.sorted = true },
	{ .name = "groups.value eq",
		.filter = "groups.value eq " GROUP_ID,
		.index = "group_members_pkey",
		.cond = "(group_id = ",
		.members = true,
		.sorted = true },
	{ .name = "groups[value eq and type eq]",
		.filter = "groups[value eq " GROUP_ID " and type eq \"direct\"]",
		.index = "group_members_pkey",
		.cond = "(group_id = ",
		.members = true,
		.sorted = true },
	{ .name = "groups.display eq",
		.filter = "groups.display eq \"Group 7\"",
		.index = "groups_display_name_key",
		.cond = "(display_name_key = ",
		.members = true,
		.sorted = true },
	{ .name = "displayName eq of groups",
		.groups = true,
		.filter = "displayName eq \"Group 7\"",
		.index = "groups_display_name_key",
		.cond = "(display_name_key = ",
		.sorted = true },
	{ .name = "first page of groups",
		.groups = true,
		.index = "groups_live",
		.cond = "(directory_id = " },
	{ .name = "first page of groups with members",
		.groups = true,
		.memberships = true,
		.index = "group_members_pkey",
		.cond = "(group_id = ",
		.members = true,
		.sorted = true },
	{ .name = "first page of users with groups",
		.memberships = true,
		.index = "group_members_member",
		.cond = "(member_id = ",
		.members = true,
		.sorted = true },
	{ .name = "first page of both",
		.both = true,
		.index = "users_live",
		.cond = "(directory_id = ",
		.sorted = true },
	{ .name = "keyset page of both",
		.both = true,
		.cursor = true,
		.index = "users_live",
		.cond = "(id > ",
		.sorted = true },
	{ .name = "deep page of both with memberships",
		.both = true,
		.memberships = true,
		.offset = 5000,
		.index = "groups_live",
		.cond = "(directory_id = ",
		.members = true,
		.sorted = true,
		.custom = true },
	{ .name = "externalId eq of both",
		.both = true,
		.filter = "externalId eq \"external7\"",
		.index = "groups_external_id",
		.cond = "(external_id = ",
		.sorted = true },
	{ .name = "by userName",
		.sort = "userName",
		.index = "users_user_name_key",
		.cond = "(directory_id = ",
		.sorted = true },
};

static const struct uuid some_id = { { 1 } };
static const int64_t some_time = 1;

/* What is asked of the read API and of the request log; its look is that of the other rows. */
static const struct reading_row {
	struct plan_row look;
	struct reading_query reading;
	struct log_query log; /* where log.limit is not 0 */
} readings[] = {
	{ .look = { .name = "walk of users", .index = "users_pkey", .cond = "(id > " },
		.reading = { .kind = KIND_USER, .after = &some_id, .limit = 100 } },
	{ .look = { .name = "walk of users since", .index = "users_pkey", .cond = "(id > " },
		.reading = { .kind = KIND_USER,
			.after = &some_id,
			.since = &some_time,
			.limit = 100 } },
	{ .look = { .name = "users by e-mail",
		  .index = "attribute_values_pkey",
		  .cond = "(value_key = ",
		  .sorted = true },
		.reading = { .kind = KIND_USER,
			.after = &some_id,
			.email = "user7@example.com",
			.limit = 100 } },
	{ .look = { .name = "users of a group",
		  .index = "group_members_pkey",
		  .cond = "(member_id > ",
		  .members = true },
		.reading = { .kind = KIND_USER, .after = &some_id, .of = &some_id, .limit = 100 } },
	{ .look = { .name = "walk of groups", .index = "groups_pkey", .cond = "(id > " },
		.reading = { .kind = KIND_GROUP, .after = &some_id, .limit = 100 } },
	{ .look = { .name = "groups of a user",
		  .index = "group_members_member",
		  .cond = "(group_id > ",
		  .members = true },
		.reading = { .kind = KIND_GROUP,
			.after = &some_id,
			.of = &some_id,
			.limit = 100 } },
	{ .look = { .name = "newest requests",
		  .index = "request_log_pkey",
		  .cond = "(directory_id = " },
		.log = { .limit = 100 } },
	{ .look = { .name = "failed requests of a time",
		  .index = "request_log_pkey",
		  .cond = "(id >= " },
		.log = { .from = &some_id,
			.before = &some_id,
			.status_from = 1,
			.status_before = 2,
			.limit = 100 } },
	{ .look = { .name = "requests with a text", .index = "request_log_pkey", .cond = "(id < " },
		.log = { .after = &some_id, .text = "x", .url_text = "x", .limit = 100 } },
};

static void fill(const struct customer *customer)
{
	struct arena *arena = arena_new();
	const char *directory = uuid_text(arena, &customer->directory);

	sql_run("INSERT INTO users (directory_id, id, user_name, user_name_key, label, external_id, active,"
		" doc, keys, version, created_at, modified_at, last_write)"
		" SELECT '%s', gen_random_uuid(), n, n, n, 'external' || i, true,"
		" json_build_object('userName', n, 'emails', e),"
		" jsonb_build_object('emails', e, 'displayName', 'user ' || i),"
		" 1, now(), now(), '" NOBODY "'"
		"  FROM generate_series(1, 100000) i,"
		" LATERAL (SELECT 'user' || i || '@example.com' AS n) a,"
		" LATERAL (SELECT json_build_array(json_build_object('value', n, 'type', 'work'))"
		" AS e) b",
		directory);
	sql_run("INSERT INTO attribute_values (directory_id, attribute, value_key, resource_id)"
		" SELECT directory_id, 'emails.value', user_name_key, id FROM users"
		" UNION ALL"
		" SELECT directory_id, 'displayName', keys ->> 'displayName', id FROM users");
	sql_run("INSERT INTO groups (directory_id, id, display_name, display_name_key, external_id,"
		" doc, keys, version, created_at, modified_at, last_write)"
		" SELECT '%s', gen_random_uuid(), 'Group ' || i, 'group ' || i, 'external' || i,"
		" '{}', '{}', 1, now(), now(), '" NOBODY "' FROM generate_series(1, 30000) i",
		directory);
	/* each group holds three users, one holds 20,000, and every tenth two other groups */
	sql_run("WITH u AS (SELECT id, row_number() OVER () AS n FROM users),"
		" g AS (SELECT id, row_number() OVER () AS n FROM groups)"
		" INSERT INTO group_members (directory_id, group_id, member_id, type, display)"
		" SELECT '%1$s'::uuid, g.id, u.id, 'User', '' FROM g JOIN u ON u.n %% 30000 + 1 = g.n"
		" UNION SELECT '%1$s', g.id, u.id, 'User', '' FROM g JOIN u ON g.n = 1 AND u.n <= 20000"
		" UNION SELECT '%1$s', g.id, i.id, 'Group', '' FROM g JOIN g i"
		" ON g.n %% 10 = 0 AND i.n IN (g.n + 1, g.n + 2)",
		directory);
	sql_run("UPDATE groups g SET member_count = (SELECT count(*) FROM group_members m"
		" WHERE m.directory_id = g.directory_id AND m.group_id = g.id)");
	sql_run("INSERT INTO request_log (directory_id, id, at, method, url, status, quirks)"
		" SELECT '%s', gen_random_uuid(), now(), 'GET', '/scim/v2/Users?x=' || i, 200, '{}'"
		"  FROM generate_series(1, 50000) i",
		directory);
	sql_run("INSERT INTO count_deltas SELECT d, 'users', gen_random_uuid(), 1"
		"  FROM (SELECT '%s'::uuid UNION ALL"
		" SELECT gen_random_uuid() FROM generate_series(1, 29)) v (d),"
		" generate_series(1, 500)",
		directory);
	arena_free(arena);
}

/* As many customers as make their tables worth an index. */
static void fill_globals(void)
{
	sql_run("INSERT INTO environments SELECT gen_random_uuid(), 'e', '', now()"
		"  FROM generate_series(1, 3000)");
	sql_run("INSERT INTO api_keys (id, environment_id, secret_sha256, scopes, created_at)"
		" SELECT gen_random_uuid(), id, sha256(id::text::bytea), '{manage}',"
		" now() FROM environments WHERE display_name = 'e'");
	sql_run("INSERT INTO organizations (id, environment_id, created_at, modified_at)"
		" SELECT gen_random_uuid(), id, now(), now()"
		"  FROM environments WHERE display_name = 'e'");
	sql_run("INSERT INTO directories SELECT gen_random_uuid(), environment_id, id, true, true,"
		" false, '', now(), now() FROM organizations WHERE display_name IS NULL");
	sql_run("INSERT INTO bearer_tokens SELECT id, sha256(id::text::bytea), now()"
		"  FROM directories WHERE mac_key = ''");
	sql_run("ANALYZE");
}

/* The feeds of two environments; and many events that another environment's sequencer left behind. */
static void fill_feed(const struct customer *customer)
{
	struct arena *arena = arena_new();
	const char *environment = uuid_text(arena, &customer->environment);

	sql_run("INSERT INTO feed_heads SELECT id, 0 FROM environments ON CONFLICT DO NOTHING");
	sql_run("INSERT INTO feed (environment_id, position, organization_id, directory_id, id, at, type)"
		" SELECT e.id, i, o.id, d.id, gen_random_uuid(), now(), 'user.created'"
		"  FROM (SELECT id FROM environments ORDER BY id = '%s' DESC LIMIT 2) e,"
		" generate_series(1, 20000) i"
		"  JOIN (SELECT id, row_number() OVER () AS n FROM organizations) o ON o.n = i %% 100"
		"  JOIN (SELECT id, row_number() OVER () AS n FROM directories) d ON d.n = i %% 100",
		environment);
	sql_run("INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)"
		" SELECT d.id, gen_random_uuid(), now(), 'x', d.id, 1, d.id"
		"  FROM directories d, generate_series(1, 20) i WHERE d.environment_id <> '%s'",
		environment);
	arena_free(arena);
}

/* What was seen of one plan. */
struct seen {
	const struct plan_row *row;
	bool indexed;
	bool scanned; /* a whole table that is not small */
	bool sorted;
	bool members;
};

static bool is_small(const char *table)
{
	return strcmp(table, "schema_migrations") == 0;
}

static void look(struct seen *seen, struct json_object *node)
{
	const char *type = json_get_string(node, "Node Type");
	const char *table = json_get_string(node, "Relation Name");
	const char *index = json_get_string(node, "Index Name");
	const char *cond = json_get_string(node, "Index Cond");
	struct json_object *children = json_get(node, "Plans");
	size_t i;

	if (strcmp(type, "Seq Scan") == 0 && !is_small(table))
		seen->scanned = true;
	if (table && strcmp(table, "group_members") == 0)
		seen->members = true;
	if (strstr(type, "Sort"))
		seen->sorted = true;
	if (index && cond && strncmp(index, seen->row->index, strlen(seen->row->index)) == 0 &&
		strstr(cond, seen->row->cond))
		seen->indexed = true;
	for (i = 0; children && i < json_object_array_length(children); i++)
		look(seen, json_object_array_get_idx(children, i));
}

static void statement_of(struct ctx *cx, const struct plan_row *row,
	const struct customer *customer, struct composed *out)
{
	const char **params = arena_alloc(cx->arena, 7 * sizeof(*params));
	const struct position after = { NULL, customer->directory };
	const struct listing listing = { .filter = row->filter,
		.sort = row->sort,
		.after = row->cursor ? &after : NULL,
		.offset = row->offset,
		.groups = row->groups,
		.both = row->both,
		.memberships = row->memberships };
	bool secret;

	if (!row->stmt) {
		compose_list(cx, &customer->directory, &listing, out);
		return;
	}
	params[0] = uuid_text(cx->arena, row->feed || row->stmt == STMT_AUTH_KEY
						 ? &customer->environment
						 : &customer->directory);
	secret = strstr(stmts[row->stmt].sql, "secret_sha256");
	params[1] = row->stmt == STMT_TOTAL ? "users" : secret ? "\\x00" : NOBODY;
	params[2] = secret ? uuid_text(cx->arena, &customer->organization) : "true";
	if (row->feed) {
		params[1] = "10000";
		params[2] = "101";
		params[3] = "{user.created}";
		params[4] = "10000";
		params[5] = params[6] = uuid_text(cx->arena, &customer->organization);
	}
	*out = (struct composed){ stmts[row->stmt].sql, stmts[row->stmt].params, params };
}

static struct json_object *explain(struct ctx *cx, PGconn *conn, const struct composed *composed)
{
	PGresult *prepared = PQprepare(conn, "plan", composed->sql, 0, NULL);
	PGresult *result;
	struct buf sql;
	int i;

	arena_defer(cx->arena, (arena_fn *)PQclear, prepared);
	CU_ASSERT_EQUAL_FATAL(PQresultStatus(prepared), PGRES_COMMAND_OK);
	buf_init(&sql, cx->arena, 0);
	buf_puts(&sql, "EXPLAIN (FORMAT JSON) EXECUTE plan(");
	for (i = 0; i < composed->count; i++) {
		char *literal =
			PQescapeLiteral(conn, composed->params[i], strlen(composed->params[i]));

		buf_printf(&sql, "%s%s", i ? "," : "", literal);
		PQfreemem(literal);
	}
	buf_putc(&sql, ')');
	result = PQexec(conn, sql.data);
	arena_defer(cx->arena, (arena_fn *)PQclear, result);
	CU_ASSERT_EQUAL_FATAL(PQresultStatus(result), PGRES_TUPLES_OK);
	PQclear(PQexec(conn, "DEALLOCATE plan"));
	return json_parse_stored(
		cx->arena, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
}

static void check_composed(
	struct ctx *cx, PGconn *conn, const struct plan_row *row, const struct composed *composed)
{
	struct seen seen = { .row = row };
	struct json_object *plan;
	bool right;

	PQclear(PQexec(conn, row->custom ? "SET plan_cache_mode = force_custom_plan"
					 : "SET plan_cache_mode = force_generic_plan"));
	plan = explain(cx, conn, composed);
	look(&seen, json_get(json_object_array_get_idx(plan, 0), "Plan"));
	right = seen.indexed && !seen.scanned && (row->sorted || !seen.sorted) &&
		seen.members == row->members;
	CU_ASSERT_TRUE(right);
	if (!right)
		printf("\n%s: %s%s%s%s\n%s\n%s", row->name, seen.indexed ? "" : "index not used ",
			seen.scanned ? "table scanned " : "", seen.sorted ? "sorted " : "",
			seen.members ? "members read" : "", composed->sql,
			json_object_to_json_string_ext(plan, JSON_C_TO_STRING_PRETTY));
}

static void check_plan(PGconn *conn, const struct plan_row *row, const struct customer *customer)
{
	struct ctx *cx = test_ctx();
	struct composed composed;

	statement_of(cx, row, customer, &composed);
	check_composed(cx, conn, row, &composed);
	test_ctx_free(cx);
}

static void check_reading(
	PGconn *conn, const struct reading_row *row, const struct customer *customer)
{
	struct reading_query reading = row->reading;
	struct log_query log = row->log;
	struct ctx *cx = test_ctx();
	struct composed composed;

	reading.directory = log.directory = &customer->directory;
	if (log.limit)
		compose_log(cx, &log, &composed);
	else
		compose_reading(cx, &reading, &composed);
	check_composed(cx, conn, &row->look, &composed);
	test_ctx_free(cx);
}

static void plans_use_their_index(void)
{
	struct arena *arena = arena_new();
	struct customer customer;
	PGconn *conn;
	size_t i;

	customer_new(arena, "plans", &customer);
	fill(&customer);
	fill_globals();
	fill_feed(&customer);
	sql_run("ANALYZE");
	conn = database_connect();
	PQclear(PQexec(conn, arena_printf(arena, "SET rollcall.directory = '%s'",
				     uuid_text(arena, &customer.directory))));
	PQclear(PQexec(conn, arena_printf(arena, "SET rollcall.environment = '%s'",
				     uuid_text(arena, &customer.environment))));
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_plan(conn, &rows[i], &customer);
	for (i = 0; i < sizeof(readings) / sizeof(*readings); i++)
		check_reading(conn, &readings[i], &customer);
	PQfinish(conn);
	arena_free(arena);
}

/* Statistics of an outbox that is empty, as nearly always; what has piled up is read by its index all the same. */
static void the_sequencer_sorts_no_backlog(void)
{
	static const enum stmt_id begin[] = { STMT_BEGIN, STMT_FEED_BEGIN };
	struct ctx *cx = test_ctx();
	PGconn *conn = database_connect();
	struct composed move = { stmts[STMT_FEED_MOVE].sql, 2,
		(const char *const[]){ NOBODY, "200" } };
	const char *plan;
	size_t i;

	sql_run("UPDATE pg_class SET reltuples = 0, relpages = 1"
		" WHERE oid IN ('events'::regclass, 'events_order'::regclass, 'events_pkey'::regclass)");
	for (i = 0; i < sizeof(begin) / sizeof(*begin); i++)
		PQclear(PQexec(conn, stmts[begin[i]].sql));
	plan = json_object_to_json_string(explain(cx, conn, &move));
	CU_ASSERT_PTR_NOT_NULL(strstr(plan, "\"events_order\""));
	CU_ASSERT_PTR_NULL(strstr(plan, "Bitmap"));
	CU_ASSERT_PTR_NOT_NULL(strstr(plan, "\"Tid Scan\""));
	PQfinish(conn);
	sql_run("ANALYZE events");
	test_ctx_free(cx);
}

CU_TestInfo plan_tests[] = {
	{ "the sequencer sorts no backlog", the_sequencer_sorts_no_backlog },
	{ "plans use their index with 100,000 users", plans_use_their_index },
	CU_TEST_INFO_NULL,
};
