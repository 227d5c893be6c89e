/* SPDX-License-Identifier: MIT */
/* The feed: sequencing under concurrency, bounds, pages in both directions, fences, retention. */
#include "store/feed.h"

#include <CUnit/CUnit.h>

#include "base/buf.h"
#include "base/text.h"
#include "database.h"
#include "store/param.h"
#include "support.h"

static struct customer customer;
static struct arena *arena;

static const char *directory(void)
{
	return uuid_text(arena, &customer.directory);
}

static const char *environment(void)
{
	return uuid_text(arena, &customer.environment);
}

/* A customer whose feed and outbox are empty. */
static void begin(const char *name)
{
	arena = arena_new();
	customer_new(arena, name, &customer);
	sql_run("DELETE FROM events WHERE directory_id = '%s'", directory());
}

static void end(void)
{
	arena_free(arena);
}

/* So many events of as many resources, told apart by their version; data of so many bytes. */
static void insert_events(int first, int last, int bytes)
{
	sql_run("INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id, data)"
		" SELECT '%1$s', gen_random_uuid(), '2026-01-01'::timestamptz + i * interval '1 ms',"
		" CASE WHEN i %% 2 = 1 THEN 'user.created' ELSE 'user.deleted' END,"
		" gen_random_uuid(), i, gen_random_uuid(),"
		" CASE WHEN %2$d > 0 THEN json_build_object('x', repeat(md5(i::text), %2$d / 32)) END"
		"  FROM generate_series(%3$d, %4$d) i",
		directory(), bytes, first, last);
}

/* One sequencer; is there more? */
static bool sequence(void)
{
	struct ctx *cx = database_ctx();
	struct rows *rows;
	bool behind;

	db_start(cx, test_db);
	feed_enter(cx, test_db, &customer.environment);
	rows = feed_sequence(cx, test_db, &customer.environment);
	CU_ASSERT_EQUAL_FATAL(db_run(cx, test_db), SCIM_OK);
	behind = feed_is_behind(rows);
	test_ctx_free(cx);
	return behind;
}

/* "position:version ..." of all that was told. */
static const char *told(void)
{
	return sql_list(arena,
		"SELECT position || ':' || version FROM feed WHERE environment_id = '%s'"
		" ORDER BY position",
		environment());
}

static int64_t head(void)
{
	return sql_int(
		"SELECT position FROM feed_heads WHERE environment_id = '%s'", environment());
}

/* A page as "versions|next|more"; what is cut or lost is said. */
static const char *page(struct feed_query query)
{
	struct ctx *cx = database_ctx();
	struct feed_page page;
	struct rows *rows;
	struct buf buf;
	int i;

	query.environment = &customer.environment;
	buf_init(&buf, arena, 0);
	db_start(cx, test_db);
	feed_enter(cx, test_db, &customer.environment);
	rows = feed_list(cx, test_db, &query);
	CU_ASSERT_EQUAL_FATAL(db_run(cx, test_db), SCIM_OK);
	feed_read(cx, &query, rows, &page);
	for (i = 0; i < page.count; i++)
		buf_printf(&buf, "%s%d", i ? " " : "", (int)page.events[i].version);
	buf_printf(&buf, "|%d%s%s", (int)page.next, page.more ? "|more" : "",
		page.lost ? "|lost" : "");
	test_ctx_free(cx);
	return buf.data;
}

static void events_are_numbered_in_order(void)
{
	begin("numbered");
	insert_events(3, 4, 0);
	insert_events(1, 2, 0);
	CU_ASSERT_FALSE(sequence());
	CU_ASSERT_STRING_EQUAL(told(), "1:1 2:2 3:3 4:4");
	insert_events(1, 1, 0); /* what commits late comes behind */
	CU_ASSERT_FALSE(sequence());
	CU_ASSERT_STRING_EQUAL(told(), "1:1 2:2 3:3 4:4 5:1");
	CU_ASSERT_EQUAL(head(), 5);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM events WHERE directory_id = '%s'", directory()), 0);
	end();
}

/* Nothing to do: nothing is written, nobody is waited for. */
static void an_idle_sequencer_writes_nothing(void)
{
	PGconn *other;
	const char *row;

	begin("idle");
	row = sql_text(arena,
		"SELECT xmin || ' ' || ctid::text FROM feed_heads WHERE environment_id = '%s'",
		environment());
	other = database_connect_owner();
	PQclear(PQexec(other, "BEGIN"));
	PQclear(PQexec(other,
		arena_printf(arena, "SELECT FROM feed_heads WHERE environment_id = '%s' FOR UPDATE",
			environment())));
	CU_ASSERT_FALSE(sequence());
	PQclear(PQexec(other, "ROLLBACK"));
	PQfinish(other);
	CU_ASSERT_STRING_EQUAL(sql_text(arena,
				       "SELECT xmin || ' ' || ctid::text FROM feed_heads"
				       " WHERE environment_id = '%s'",
				       environment()),
		row);
	end();
}

/* A batch is bounded by rows and by bytes, and what is left behind is the later. */
static void a_batch_is_bounded(void)
{
	begin("batch");
	insert_events(1, FEED_BATCH + 1, 0);
	CU_ASSERT_TRUE(sequence());
	CU_ASSERT_EQUAL(head(), FEED_BATCH);
	CU_ASSERT_FALSE(sequence());
	CU_ASSERT_EQUAL(head(), FEED_BATCH + 1);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM feed WHERE environment_id = '%s'"
				" AND position = version",
				environment()),
		FEED_BATCH + 1);
	end();
	begin("bytes");
	sql_run("ALTER TABLE events ALTER COLUMN data SET STORAGE EXTERNAL");
	insert_events(1, 5, 3 * 1024 * 1024);
	insert_events(6, 6, 0);
	CU_ASSERT_TRUE(sequence());
	CU_ASSERT_STRING_EQUAL(told(), "1:1 2:2 3:3");
	CU_ASSERT_FALSE(sequence());
	CU_ASSERT_STRING_EQUAL(told(), "1:1 2:2 3:3 4:4 5:5 6:6");
	/* so is a page */
	CU_ASSERT_STRING_EQUAL(page((struct feed_query){ .limit = 10 }), "1 2 3|3|more");
	CU_ASSERT_STRING_EQUAL(
		page((struct feed_query){ .limit = 10, .has_after = true, .after = 3 }), "4 5 6|6");
	end();
}

static void pages_go_both_ways(void)
{
	static const char *const types[] = { "user.deleted" };
	const struct feed_query deleted = { .limit = 2, .types = types, .type_count = 1 };
	struct feed_query query = { .limit = 2 };

	begin("pages");
	CU_ASSERT_STRING_EQUAL(page(query), "|0");
	insert_events(1, 5, 0);
	sequence();
	CU_ASSERT_STRING_EQUAL(page(query), "1 2|2|more");
	query.has_after = true;
	query.after = 3;
	CU_ASSERT_STRING_EQUAL(page(query), "4 5|5");
	query.after = 5;
	CU_ASSERT_STRING_EQUAL(page(query), "|5");
	query.after = 6;
	CU_ASSERT_STRING_EQUAL(page(query), "|6|lost");
	query = (struct feed_query){ .limit = 2, .newest_first = true };
	CU_ASSERT_STRING_EQUAL(page(query), "5 4|4|more");
	query.has_after = true;
	query.after = 3;
	CU_ASSERT_STRING_EQUAL(page(query), "2 1|1");
	CU_ASSERT_STRING_EQUAL(page(deleted), "2 4|5");
	query = deleted;
	query.limit = 1;
	CU_ASSERT_STRING_EQUAL(page(query), "2|2|more");
	query.organization = &customer.organization;
	CU_ASSERT_STRING_EQUAL(page(query), "2|2|more");
	query.directory = &customer.directory;
	CU_ASSERT_STRING_EQUAL(page(query), "2|2|more");
	query.newest_first = true;
	CU_ASSERT_STRING_EQUAL(page(query), "4|4|more");
	query.directory = &customer.organization;
	CU_ASSERT_STRING_EQUAL(page(query), "|1");
	end();
}

/* A follower of rare types comes on by what was looked at. */
static void a_page_looks_at_so_many(void)
{
	static const char *const types[] = { "group.deleted" };
	struct feed_query query = { .limit = 2, .types = types, .type_count = 1 };

	begin("rare");
	sql_run("INSERT INTO feed (environment_id, position, id, at, type, version)"
		" SELECT '%s', i, gen_random_uuid(), now(),"
		" CASE i WHEN 12000 THEN 'group.deleted' ELSE 'user.created' END, i"
		"  FROM generate_series(1, 25000) i",
		environment());
	sql_run("UPDATE feed_heads SET position = 25000 WHERE environment_id = '%s'",
		environment());
	CU_ASSERT_STRING_EQUAL(page(query), "|10000|more");
	query.has_after = true;
	query.after = 10000;
	CU_ASSERT_STRING_EQUAL(page(query), "12000|20000|more");
	query.after = 20000;
	CU_ASSERT_STRING_EQUAL(page(query), "|25000");
	query = (struct feed_query){
		.limit = 2, .types = types, .type_count = 1, .newest_first = true
	};
	CU_ASSERT_STRING_EQUAL(page(query), "|15001|more");
	query.has_after = true;
	query.after = 15001;
	CU_ASSERT_STRING_EQUAL(page(query), "12000|5001|more");
	query.after = 5001;
	CU_ASSERT_STRING_EQUAL(page(query), "|1");
	end();
}

/* A connection of the application's that stands in an environment. */
static PGconn *stand(const struct uuid *id, bool sequencer)
{
	PGconn *conn = database_connect();

	PQclear(PQexec(conn, "BEGIN"));
	PQclear(PQexec(conn, arena_printf(arena, "SET LOCAL rollcall.environment = '%s'",
				     uuid_text(arena, id))));
	if (sequencer)
		PQclear(PQexec(conn, "SET LOCAL rollcall.sequencer = 'on'"));
	return conn;
}

static const char *first(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);

	arena_defer(arena, (arena_fn *)PQclear, result);
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0)
		return PQgetvalue(result, 0, 0);
	return PQresultStatus(result) == PGRES_COMMAND_OK
		       ? "done"
		       : PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static const char *event_of(const struct uuid *id)
{
	return arena_printf(arena,
		"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)"
		" VALUES ('%1$s', gen_random_uuid(), now(), 'x', '%1$s', 0, '%1$s')",
		uuid_text(arena, id));
}

/* Without the predicates of the statements: an environment has its own feed, and its own outbox only. */
static void an_environment_is_fenced(void)
{
	struct customer other;
	PGconn *conn;

	begin("fence");
	customer_new(arena, "other fence", &other);
	insert_events(1, 3, 0);
	sequence();
	insert_events(4, 4, 0);
	conn = stand(&other.environment, false);
	CU_ASSERT_STRING_EQUAL(first(conn, "SELECT count(*) FROM feed"), "0");
	CU_ASSERT_STRING_EQUAL(first(conn, "SELECT count(*) FROM events"), "0");
	CU_ASSERT_STRING_EQUAL(first(conn, event_of(&other.directory)), "done");
	CU_ASSERT_STRING_EQUAL(first(conn, event_of(&customer.directory)), "42501");
	PQfinish(conn);
	conn = stand(&other.environment, true);
	CU_ASSERT_STRING_EQUAL(
		first(conn, "SELECT count(*) FROM events"), "2"); /* its directory's */
	CU_ASSERT_STRING_EQUAL(
		first(conn, "WITH d AS (DELETE FROM events RETURNING 1) SELECT count(*) FROM d"),
		"2");
	CU_ASSERT_STRING_EQUAL(first(conn, "UPDATE events SET type = 'x'"), "done");
	CU_ASSERT_STRING_EQUAL(
		first(conn, arena_printf(arena,
				    "INSERT INTO feed (environment_id, position, id, at, type)"
				    " VALUES ('%s', 9, gen_random_uuid(), now(), 'x')",
				    environment())),
		"42501");
	PQfinish(conn);
	conn = database_connect();
	CU_ASSERT_STRING_EQUAL(first(conn, "SELECT count(*) FROM feed"), "0");
	PQclear(PQexec(conn, "BEGIN; SET LOCAL rollcall.sequencer = 'on'"));
	CU_ASSERT_STRING_EQUAL(first(conn, "SELECT count(*) FROM feed"), "0");
	CU_ASSERT_STRING_EQUAL(first(conn, "SELECT count(*) FROM events"), "0");
	PQfinish(conn);
	CU_ASSERT_STRING_EQUAL(told(), "1:1 2:2 3:3");
	end();
}

/* Who did not enter the environment sequences nothing and sees nothing, whatever it asks for. */
static void nobody_sequences_without_entering(void)
{
	struct ctx *cx;
	struct customer other;
	struct feed_query query = { .limit = 5 };
	struct feed_page read;
	struct rows *listed;

	begin("entered");
	customer_new(arena, "another", &other);
	insert_events(1, 2, 0);
	cx = database_ctx();
	query.environment = &customer.environment;
	db_start(cx, test_db);
	feed_enter(cx, test_db, &other.environment);
	feed_sequence(cx, test_db, &customer.environment);
	listed = feed_list(cx, test_db, &query);
	CU_ASSERT_EQUAL(db_run(cx, test_db), SCIM_OK);
	feed_read(cx, &query, listed, &read);
	CU_ASSERT_EQUAL(read.count, 0);
	CU_ASSERT_STRING_EQUAL(told(), "");
	CU_ASSERT_EQUAL(head(), 0);
	test_ctx_free(cx);
	end();
}

static void what_is_no_resources_is_told_too(void)
{
	struct ctx *cx = database_ctx();
	struct feed_event event = { .type = "webhook_endpoint.disabled", .data = "{}" };

	begin("added");
	insert_events(1, 1, 0);
	sequence();
	event.environment = customer.environment;
	db_start(cx, test_db);
	feed_enter(cx, test_db, &customer.environment);
	feed_add(cx, test_db, &event);
	feed_add(cx, test_db, &event);
	CU_ASSERT_EQUAL(db_run(cx, test_db), SCIM_OK);
	insert_events(4, 4, 0);
	sequence();
	CU_ASSERT_STRING_EQUAL(page((struct feed_query){ .limit = 9 }), "1 0 0 4|4");
	test_ctx_free(cx);
	end();
}

/* Ids of events of one request ascend, however fast they are made, and leave room for numbers. */
static void ids_of_a_request_ascend(void)
{
	struct ctx *cx = test_ctx();
	const char *last = "", *id;
	int i;

	for (i = 0; i < 1000; i++) {
		id = feed_event_id(cx);
		CU_ASSERT_TRUE(strcmp(last, id) < 0);
		CU_ASSERT_STRING_EQUAL(id + 30, "000000");
		last = id;
	}
	test_ctx_free(cx);
}

static void purge(const char *from, const char *most)
{
	struct ctx *cx = database_ctx();
	const char *params[] = { environment(), from, most };

	db_start(cx, test_db);
	feed_enter(cx, test_db, &customer.environment);
	db_queue(cx, test_db, STMT_FEED_PURGE, params);
	CU_ASSERT_EQUAL(db_run(cx, test_db), SCIM_OK);
	test_ctx_free(cx);
}

/* Only from the beginning: what is kept has no gap, though an old event committed late. */
static void the_oldest_go(void)
{
	begin("oldest");
	insert_events(1, 4, 0);
	sequence();
	insert_events(2, 2, 0);
	sequence();
	purge("2026-01-01 00:00:00.004Z", "2");
	CU_ASSERT_STRING_EQUAL(told(), "3:3 4:4 5:2");
	purge("2026-01-01 00:00:00.004Z", "100");
	CU_ASSERT_STRING_EQUAL(told(), "4:4 5:2");
	CU_ASSERT_STRING_EQUAL(page((struct feed_query){ .limit = 9 }), "4 2|5");
	CU_ASSERT_STRING_EQUAL(
		page((struct feed_query){ .limit = 9, .has_after = true, .after = 3 }), "4 2|5");
	CU_ASSERT_STRING_EQUAL(
		page((struct feed_query){ .limit = 9, .has_after = true, .after = 2 }),
		"4 2|5|lost");
	purge("2999-01-01", "100");
	CU_ASSERT_STRING_EQUAL(page((struct feed_query){ .limit = 9 }), "|5");
	CU_ASSERT_STRING_EQUAL(
		page((struct feed_query){ .limit = 9, .has_after = true, .after = 5 }), "|5");
	CU_ASSERT_STRING_EQUAL(
		page((struct feed_query){ .limit = 9, .has_after = true, .after = 4 }), "|5|lost");
	end();
}

CU_TestInfo feed_tests[] = {
	{ "events are numbered in order", events_are_numbered_in_order },
	{ "an idle sequencer writes nothing and waits for nobody",
		an_idle_sequencer_writes_nothing },
	{ "a batch and a page are bounded", a_batch_is_bounded },
	{ "pages go both ways", pages_go_both_ways },
	{ "a page looks at so many positions", a_page_looks_at_so_many },
	{ "an environment is fenced", an_environment_is_fenced },
	{ "nobody sequences without entering", nobody_sequences_without_entering },
	{ "what is no resource's is told too", what_is_no_resources_is_told_too },
	{ "ids of the events of a request ascend", ids_of_a_request_ascend },
	{ "the oldest go, and nothing else", the_oldest_go },
	CU_TEST_INFO_NULL,
};
