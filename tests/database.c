/* SPDX-License-Identifier: MIT */
#include "database.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "store/api_key.h"
#include "store/credential.h"
#include "store/directory.h"
#include "store/environment.h"
#include "store/feed.h"
#include "store/organization.h"
#include "store/param.h"
#include "support.h"

enum {
	SECOND_US = 1000000
};

struct db *test_db;
int64_t test_clock;

static struct arena *process;
static struct db_settings settings;
static PGconn *owner;
static FILE *quiet;
static int loud = -1;
static unsigned suite; /* numbers the copies */

/* Where the sanitizers report to, when there are any. */
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

/* Later words of a connection string go before earlier ones. */
static const char *url_of(const char *variable, const char *database)
{
	const char *url = getenv(variable);

	return url ? arena_printf(process, "%s dbname=%s", url, database) : NULL;
}

static const char *copy_name(void)
{
	return arena_printf(process, "test_%d_%u", (int)getpid(), suite);
}

static bool server_run(const char *sql)
{
	const char *url = url_of("TEST_OWNER_URL", "postgres");
	PGconn *conn = PQconnectdb(url ? url : "");
	PGresult *result = PQexec(conn, sql);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

	if (!good)
		printf("\n%s: %s", sql, PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
	return good;
}

int database_open(void)
{
	process = arena_new();
	suite++;
	if (!getenv("TEST_DATABASE_URL") || !getenv("TEST_OWNER_URL")) {
		printf("\nTEST_DATABASE_URL and TEST_OWNER_URL are not set: see tools/test\n");
		return 1;
	}
	if (!server_run(arena_printf(process, "CREATE DATABASE %s TEMPLATE rollcall", copy_name())))
		return 1;
	settings = (struct db_settings){
		.url = url_of("TEST_DATABASE_URL", copy_name()),
		.statement_timeout_ms = 60000,
		.lock_timeout_ms = 200,
		.budget_ms = 60000,
		.prepare = true,
	};
	test_db = db_new(process, &settings);
	test_clock = time_now();
	owner = PQconnectdb(url_of("TEST_OWNER_URL", copy_name()));
	quiet = tmpfile();
	return PQstatus(owner) == CONNECTION_OK && quiet ? 0 : 1;
}

int database_close(void)
{
	bool good;

	db_close(test_db);
	PQfinish(owner);
	fclose(quiet);
	good = server_run(arena_printf(process, "DROP DATABASE %s", copy_name()));
	arena_free(process);
	return good ? 0 : 1;
}

static PGconn *connect_to(const char *url)
{
	PGconn *conn = PQconnectdb(url);

	CU_ASSERT_EQUAL_FATAL(PQstatus(conn), CONNECTION_OK);
	return conn;
}

PGconn *database_connect(void)
{
	return connect_to(settings.url);
}

PGconn *database_connect_owner(void)
{
	return connect_to(url_of("TEST_OWNER_URL", copy_name()));
}

static PGresult *owner_query(struct arena *arena, const char *fmt, va_list args)
{
	char sql[16384];
	PGresult *result;
	bool good;

	vsnprintf(sql, sizeof(sql), fmt, args);
	result = PQexec(owner, sql);
	arena_defer(arena, (arena_fn *)PQclear, result);
	good = PQresultStatus(result) == PGRES_TUPLES_OK ||
	       PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!good)
		printf("\n%s\n%s", sql, PQerrorMessage(owner));
	CU_ASSERT_TRUE_FATAL(good);
	return result;
}

static const char *first_value(const PGresult *result)
{
	return PQntuples(result) && PQnfields(result) ? PQgetvalue(result, 0, 0) : "";
}

void sql_run(const char *fmt, ...)
{
	struct arena *arena = arena_new();
	va_list args;

	va_start(args, fmt);
	owner_query(arena, fmt, args);
	va_end(args);
	arena_free(arena);
}

const char *sql_text(struct arena *arena, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = first_value(owner_query(arena, fmt, args));
	va_end(args);
	return text;
}

const char *sql_list(struct arena *arena, const char *fmt, ...)
{
	const PGresult *result;
	struct buf buf;
	va_list args;
	int i;

	va_start(args, fmt);
	result = owner_query(arena, fmt, args);
	va_end(args);
	buf_init(&buf, arena, 0);
	for (i = 0; i < PQntuples(result); i++)
		buf_printf(&buf, "%s%s", i ? " " : "", PQgetvalue(result, i, 0));
	return buf.data;
}

int64_t sql_int(const char *fmt, ...)
{
	struct arena *arena = arena_new();
	int64_t value;
	va_list args;

	va_start(args, fmt);
	value = strtoll(first_value(owner_query(arena, fmt, args)), NULL, 10);
	va_end(args);
	arena_free(arena);
	return value;
}

struct ctx *database_ctx(void)
{
	struct ctx *cx = test_ctx();

	test_clock += SECOND_US;
	cx->now = test_clock;
	cx->request_id = uuid_v7(test_clock);
	return cx;
}

void customer_new(struct arena *arena, const char *environment, struct customer *customer)
{
	struct ctx *cx = database_ctx();
	struct organization_change organization = { .has_display_name = true,
		.display_name = environment };
	struct directory_change change = { CHANGE_NONE, CHANGE_NONE, CHANGE_NONE };
	struct directory directory = { .id = uuid_v7(time_precise()) };
	const struct api_key all = { .id = uuid_v7(time_precise()), .scopes = SCOPE_ALL };
	const struct api_key reads = { .id = uuid_v7(time_precise()), .scopes = SCOPE_READ };
	const char *key, *read_key;
	bool made;

	db_start(cx, test_db);
	CU_ASSERT_FALSE_FATAL(
		environment_ensure(cx, test_db, environment, &customer->environment, &made));
	key = api_key_create(cx, test_db, &customer->environment, &all);
	read_key = api_key_create(cx, test_db, &customer->environment, &reads);
	customer->organization = directory.organization = uuid_v7(time_precise());
	customer->directory = directory.id;
	customer->key = arena_strdup(arena, key);
	customer->read_key = arena_strdup(arena, read_key);
	customer->token = secret_make(arena, SECRET_BEARER, &directory.id);
	feed_enter(cx, test_db, &customer->environment);
	organization_create(
		cx, test_db, &customer->environment, &customer->organization, &organization);
	directory_create(cx, test_db, &customer->environment, &directory, &change);
	directory_rotate(cx, test_db, &customer->environment, &directory.id, customer->token, 0);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	test_ctx_free(cx);
}

enum scim_err customer_enter(struct ctx *cx, const struct customer *customer)
{
	struct tenant *tenant = arena_alloc(cx->arena, sizeof(*tenant));

	tenant->directory = customer->directory;
	db_start(cx, test_db);
	directory_enter(cx, test_db, customer->token, true, tenant);
	return db_run(cx, test_db);
}

void quiet_begin(void)
{
	fflush(stderr);
	loud = dup(STDERR_FILENO);
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)loud);
	dup2(fileno(quiet), STDERR_FILENO);
}

void quiet_end(void)
{
	fflush(stderr);
	dup2(loud, STDERR_FILENO);
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)STDERR_FILENO);
	close(loud);
}

const char *quiet_text(struct arena *arena)
{
	char part[4096];
	struct buf text;
	ssize_t n;
	off_t at;

	buf_init(&text, arena, 0);
	for (at = 0; (n = pread(fileno(quiet), part, sizeof(part), at)) > 0; at += n)
		buf_put(&text, part, (size_t)n);
	return text.data;
}
