/* SPDX-License-Identifier: MIT */
/*
 * libpq in pipeline mode. Knows connections, deadlines and SQLSTATEs; refuses to know what a
 * statement means.
 */
#include "store/db.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "store/rows.h"

enum {
	QUEUE_MAX = 32,
	SHAPES = 64, /* composed texts kept prepared */
	SHAPE_BYTES = 4096, /* longer ones are parsed each time */
	NAME_BYTES = 24,
	ROLLBACK_MS = 1000, /* for the ROLLBACK behind a request */
	IDLE_MS = 10000, /* idle in a transaction; or the budget, when that is more */
	CONNECT_SECONDS = 2 /* or a fifth of the budget */
};

/* One message pair of a trip, in the order in which its answer will come. */
struct sent {
	enum {
		SENT_PARSE,
		SENT_DEALLOCATE,
		SENT_EXECUTE
	} kind;
	struct rows *rows;
};

struct shape {
	char sql[SHAPE_BYTES];
	char name[NAME_BYTES];
	bool ready;
};

struct db {
	const struct db_settings *settings;
	PGconn *conn;
	bool ready[STMT__MAX]; /* prepared on this connection */
	struct shape *shapes;
	unsigned serial; /* of their names */
	struct rows *queue[QUEUE_MAX];
	int queued;
	struct sent sent[3 * QUEUE_MAX];
	int sent_count;
	const struct rows *gated;
	db_gate_fn *gate;
	void *gate_arg;
	int64_t deadline; /* monotonic ms */
	int64_t began; /* monotonic us, of the transaction; 0: none is open */
	int trips;
	bool succeeded;
	bool not_replicated; /* a COMMIT was answered without its standby */
	bool stale; /* a prepared statement is not what it was */
};

static int64_t monotonic_ms(void)
{
	return time_monotonic() / 1000;
}

struct db *db_new(struct arena *process, const struct db_settings *settings)
{
	struct db *db = arena_alloc(process, sizeof(*db));

	db->settings = settings;
	db->shapes = arena_alloc(process, SHAPES * sizeof(*db->shapes));
	return db;
}

void db_close(struct db *db)
{
	int i;

	if (db->conn)
		PQfinish(db->conn);
	db->conn = NULL;
	memset(db->ready, 0, sizeof(db->ready));
	for (i = 0; i < SHAPES; i++)
		db->shapes[i].ready = false;
}

static int64_t at_least(int64_t least, int64_t value)
{
	return value < least ? least : value;
}

/*
 * With synchronous replication a cancelled wait answers COMMIT with success and this warning: the
 * row is not on the standby, so the answer must not be 2xx.
 */
static void on_notice(void *arg, const PGresult *result)
{
	struct db *db = arg;
	const char *source = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

	/* the message itself is in the language of the server */
	if (source && strcmp(source, "SyncRepWaitForLSN") == 0)
		db->not_replicated = true;
}

static PGconn *connect_with(struct ctx *cx, const struct db_settings *settings)
{
	int64_t budget_ms = settings->budget_ms;
	const char *options = arena_printf(cx->arena,
		"-c statement_timeout=%lld -c lock_timeout=%lld"
		" -c idle_in_transaction_session_timeout=%lld -c TimeZone=UTC -c DateStyle=ISO"
		" -c synchronous_commit=on -c bytea_output=hex -c search_path=public,pg_temp"
		" -c jit=off", /* costs more than it saves: what we ask takes milliseconds */
		(long long)settings->statement_timeout_ms, (long long)settings->lock_timeout_ms,
		(long long)at_least(IDLE_MS, budget_ms));
	const char *connect = arena_printf(
		cx->arena, "%lld", (long long)at_least(CONNECT_SECONDS, budget_ms / 5000));
	const char *keys[] = { "dbname", "options", "connect_timeout", "tcp_user_timeout",
		"client_encoding", "target_session_attrs", "fallback_application_name", NULL };
	const char *values[] = { settings->url, options, connect, "3000", "UTF8", "read-write",
		"rollcall", NULL };

	return PQconnectdbParams(keys, values, 1);
}

static void result_clear(void *result)
{
	PQclear(result);
}

void db_start(struct ctx *cx, struct db *db)
{
	db_forget(db);
	if (cx->attempt > 0)
		return;
	db->trips = 0;
	db->deadline = monotonic_ms() + db->settings->budget_ms;
}

void db_forget(struct db *db)
{
	db->queued = 0;
	db->gate = NULL;
}

enum db_state db_state(const struct db *db)
{
	PGTransactionStatusType status = db->conn ? PQtransactionStatus(db->conn) : PQTRANS_IDLE;

	if (status == PQTRANS_IDLE)
		return DB_IDLE;
	return status == PQTRANS_INTRANS ? DB_OPEN : DB_FAILED;
}

bool db_succeeded(const struct db *db)
{
	return db->succeeded;
}

int64_t db_began(const struct db *db)
{
	return db->began ? db->began : time_monotonic();
}

int db_trips(const struct db *db)
{
	return db->trips;
}

static struct rows *enqueue(struct ctx *cx, struct db *db)
{
	struct rows *rows = arena_alloc(cx->arena, sizeof(*rows));

	if (db->queued == QUEUE_MAX)
		abort();
	db->queue[db->queued++] = rows;
	rows->slot = -1;
	rows->id = STMT__MAX;
	return rows;
}

struct rows *db_queue(struct ctx *cx, struct db *db, enum stmt_id id, const char *const *params)
{
	struct rows *rows = enqueue(cx, db);

	if (id == STMT_ROLLBACK)
		db->began = 0;
	rows->id = id;
	rows->name = stmts[id].name;
	rows->sql = stmts[id].sql;
	rows->count = stmts[id].params;
	rows->params = params;
	return rows;
}

struct rows *db_queue_planned(
	struct ctx *cx, struct db *db, enum stmt_id id, const char *const *params)
{
	struct rows *rows = db_queue(cx, db, id, params);

	rows->id = STMT__MAX; /* is not kept prepared */
	return rows;
}

static unsigned shape_slot(const char *sql)
{
	uint64_t hash = 14695981039346656037U;

	for (; *sql; sql++)
		hash = (hash ^ (unsigned char)*sql) * 1099511628211U;
	return (unsigned)(hash >> 32) % SHAPES;
}

struct rows *db_queue_text(
	struct ctx *cx, struct db *db, const char *sql, int count, const char *const *params)
{
	struct rows *rows = enqueue(cx, db);

	rows->name = "composed";
	rows->sql = sql;
	rows->count = count;
	rows->params = params;
	if (db->settings->prepare && strlen(sql) < SHAPE_BYTES)
		rows->slot = (int)shape_slot(sql);
	return rows;
}

void db_gate(struct db *db, const struct rows *rows, db_gate_fn *fn, void *arg)
{
	db->gated = rows;
	db->gate = fn;
	db->gate_arg = arg;
}

static bool note_sent(struct db *db, int kind, struct rows *rows, int accepted)
{
	db->sent[db->sent_count].kind = kind;
	db->sent[db->sent_count].rows = rows;
	db->sent_count += accepted;
	return accepted;
}

static bool send_parse(struct db *db, struct rows *rows, const char *name)
{
	return note_sent(db, SENT_PARSE, rows, PQsendPrepare(db->conn, name, rows->sql, 0, NULL));
}

static bool send_execute(struct db *db, struct rows *rows, const char *name)
{
	return note_sent(db, SENT_EXECUTE, rows,
		PQsendQueryPrepared(db->conn, name, rows->count, rows->params, NULL, NULL, 0));
}

static bool send_unprepared(struct db *db, struct rows *rows)
{
	return note_sent(db, SENT_EXECUTE, rows,
		PQsendQueryParams(
			db->conn, rows->sql, rows->count, NULL, rows->params, NULL, NULL, 0));
}

/* A statement of the table: its Parse travels in the trip that first needs it. */
static bool send_statement(struct db *db, struct rows *rows)
{
	if (!db->ready[rows->id] && !send_parse(db, rows, rows->name))
		return false;
	/* a second use in this trip finds it ready; taken back when the Parse fails */
	db->ready[rows->id] = true;
	return send_execute(db, rows, rows->name);
}

/*
 * A composed text: one that hashes to the slot of another takes its place, under a name of its
 * own, because the DEALLOCATE of the other may yet be skipped behind a failure.
 */
static bool send_shape(struct db *db, struct rows *rows)
{
	struct shape *shape = &db->shapes[rows->slot];
	char drop[NAME_BYTES + sizeof("DEALLOCATE ")];

	if (shape->ready && strcmp(shape->sql, rows->sql) == 0)
		return send_execute(db, rows, shape->name);
	snprintf(drop, sizeof(drop), "DEALLOCATE %s", shape->name);
	if (shape->ready &&
		!note_sent(db, SENT_DEALLOCATE, rows,
			PQsendQueryParams(db->conn, drop, 0, NULL, NULL, NULL, NULL, 0)))
		return false;
	snprintf(shape->name, sizeof(shape->name), "shape_%u", db->serial++);
	snprintf(shape->sql, sizeof(shape->sql), "%s", rows->sql);
	shape->ready = true;
	return send_parse(db, rows, shape->name) && send_execute(db, rows, shape->name);
}

static bool send_one(struct db *db, struct rows *rows)
{
	if (db->settings->prepare && rows->id != STMT__MAX)
		return send_statement(db, rows);
	if (rows->slot >= 0)
		return send_shape(db, rows);
	return send_unprepared(db, rows);
}

static bool send_all(struct db *db)
{
	int i;

	db->sent_count = 0;
	for (i = 0; i < db->queued; i++)
		if (!send_one(db, db->queue[i]))
			return false;
	return PQpipelineSync(db->conn);
}

enum wait {
	WAIT_READY,
	WAIT_LOST,
	WAIT_LATE
};

static enum wait wait_socket(struct db *db, short events)
{
	struct pollfd fd = { .fd = PQsocket(db->conn), .events = events };
	int64_t left = db->deadline - monotonic_ms();
	int n;

	if (left <= 0)
		return WAIT_LATE;
	n = poll(&fd, 1, (int)left);
	if (n == 0)
		return WAIT_LATE;
	if (n < 0)
		return errno == EINTR ? WAIT_READY : WAIT_LOST;
	if ((fd.revents & (POLLIN | POLLERR | POLLHUP)) && !PQconsumeInput(db->conn))
		return WAIT_LOST;
	return WAIT_READY;
}

static enum wait flush_all(struct db *db)
{
	enum wait wait;
	int left;

	while ((left = PQflush(db->conn)) > 0)
		if ((wait = wait_socket(db, POLLIN | POLLOUT)) != WAIT_READY)
			return wait;
	return left < 0 ? WAIT_LOST : WAIT_READY;
}

/* The next result, NULL where libpq ends the results of one statement. */
static enum wait next_result(struct db *db, PGresult **result)
{
	enum wait wait;

	while (PQisBusy(db->conn))
		if ((wait = wait_socket(db, POLLIN)) != WAIT_READY)
			return wait;
	*result = PQgetResult(db->conn);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		PQclear(*result);
		return WAIT_LOST;
	}
	return WAIT_READY;
}

static enum scim_err no_schema(struct ctx *cx, const char *state)
{
	if (state && strcmp(state, "42501") == 0)
		return ctx_fail(cx, SCIM_UNAVAILABLE,
			"the database role may not read our tables: grant it rollcall_app");
	return ctx_fail(cx, SCIM_UNAVAILABLE,
		"the database has no schema of ours, or went away: run the migrations");
}

/*
 * The worker serves only the schema it knows, never as a role that row security cannot bind, and
 * reads only the formats that it asked for.
 */
static enum scim_err check_server(struct ctx *cx, const PGresult *result)
{
	int version;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return no_schema(cx, PQresultErrorField(result, PG_DIAG_SQLSTATE));
	version = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
	if (version != SCHEMA_VERSION)
		return ctx_fail(cx, SCIM_UNAVAILABLE,
			"the database has schema version %d, this program knows %d", version,
			SCHEMA_VERSION);
	if (*PQgetvalue(result, 0, 1) == 't')
		return ctx_fail(cx, SCIM_UNAVAILABLE,
			"the database role is a superuser or bypasses row security: use another");
	if (*PQgetvalue(result, 0, 2) != 't')
		return ctx_fail(cx, SCIM_UNAVAILABLE,
			"the session's settings did not arrive, a pooler drops them:"
			" give the role TimeZone UTC, DateStyle ISO and bytea_output hex");
	return SCIM_OK;
}

/* The first question on a connection, within the budget like all others. */
static enum scim_err ask_server(struct ctx *cx, struct db *db)
{
	PGresult *result, *answer = NULL;
	enum wait wait;

	PQsetnonblocking(db->conn, 1);
	wait = PQsendQuery(db->conn, stmts[STMT_SERVER_CHECK].sql) ? flush_all(db) : WAIT_LOST;
	while (wait == WAIT_READY && (wait = next_result(db, &result)) == WAIT_READY && result) {
		arena_defer(cx->arena, result_clear, result);
		answer = result;
	}
	if (wait != WAIT_READY)
		return ctx_fail(cx, SCIM_UNAVAILABLE, "the database does not answer");
	return check_server(cx, answer);
}

static enum scim_err ensure_connected(struct ctx *cx, struct db *db)
{
	enum scim_err e;

	if (db->conn && PQstatus(db->conn) == CONNECTION_OK)
		return SCIM_OK;
	db_close(db);
	if (monotonic_ms() >= db->deadline)
		return ctx_fail(cx, SCIM_UNAVAILABLE, "the database took too long");
	db->conn = connect_with(cx, db->settings);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		log_line("error", &cx->request_id, "no database: %s", PQerrorMessage(db->conn));
		db_close(db);
		return ctx_fail(cx, SCIM_UNAVAILABLE, "the database cannot be reached");
	}
	PQsetNoticeReceiver(db->conn, on_notice, db);
	if ((e = ask_server(cx, db))) {
		log_line("error", &cx->request_id, "%s", cx->detail);
		db_close(db);
		return e;
	}
	PQenterPipelineMode(db->conn);
	return SCIM_OK;
}

/* A Parse that failed, or that was skipped behind a failure, left no prepared statement. */
static void take_back(struct db *db, const struct sent *sent)
{
	if (sent->kind == SENT_EXECUTE)
		return;
	if (sent->rows->id != STMT__MAX)
		db->ready[sent->rows->id] = false;
	else
		db->shapes[sent->rows->slot].ready = false;
}

static bool is_success(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

static enum wait receive_one(struct ctx *cx, struct db *db, const struct sent *sent)
{
	PGresult *result;
	enum wait wait;

	while ((wait = next_result(db, &result)) == WAIT_READY && result) {
		arena_defer(cx->arena, result_clear, result);
		if (!is_success(result))
			take_back(db, sent);
		/* the failure of a Parse is what its statement reports */
		if (sent->kind == SENT_EXECUTE && !sent->rows->result)
			sent->rows->result = result;
		if (sent->kind != SENT_EXECUTE && PQresultStatus(result) == PGRES_FATAL_ERROR)
			sent->rows->result = result;
	}
	return wait;
}

static enum wait receive_all(struct ctx *cx, struct db *db)
{
	PGresult *sync = NULL;
	enum wait wait;
	int i;

	for (i = 0; i < db->sent_count; i++)
		if ((wait = receive_one(cx, db, &db->sent[i])) != WAIT_READY)
			return wait;
	wait = next_result(db, &sync);
	if (wait == WAIT_READY)
		PQclear(sync);
	return wait;
}

static enum scim_err connection_failed(struct ctx *cx, struct db *db, enum wait wait)
{
	log_line("error", &cx->request_id, "%s",
		wait == WAIT_LATE ? "the database took too long" : "lost the database connection");
	/* never PQcancel: with a COMMIT in flight that would answer success without its standby */
	db_close(db);
	return wait == WAIT_LATE ? ctx_fail(cx, SCIM_UNAVAILABLE, "the database took too long")
				 : ctx_fail(cx, SCIM_RETRY, "lost the database connection");
}

/*
 * The connection is of no more use: after DDL a plan no longer fits, behind a pooler a prepared
 * statement is gone, after a failover the server only reads.
 */
static bool is_stale(const char *state)
{
	return strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0 ||
	       strcmp(state, "25006") == 0;
}

static enum scim_err statement_failed(struct ctx *cx, struct db *db, const struct rows *rows)
{
	const char *state = PQresultErrorField(rows->result, PG_DIAG_SQLSTATE);
	enum scim_err e = err_of_sqlstate(state);

	db->stale = state && is_stale(state);
	/* the message's DETAIL would quote what the client sent */
	if (e == SCIM_INTERNAL || e == SCIM_UNAVAILABLE)
		log_line("error", &cx->request_id, "statement %s: %s %s", rows->name, state,
			PQresultErrorField(rows->result, PG_DIAG_MESSAGE_PRIMARY));
	if (e == SCIM_INTERNAL)
		return ctx_fail(cx, e, "statement %s failed with SQLSTATE %s", rows->name, state);
	return ctx_fail(cx, e, "%s", err_row(e)->text);
}

/* A COMMIT in a transaction that failed before answers ROLLBACK, and succeeds. */
static bool was_rolled_back(const struct rows *rows)
{
	return rows->id == STMT_COMMIT && strcmp(PQcmdStatus(rows->result), "ROLLBACK") == 0;
}

static enum scim_err judge(struct ctx *cx, struct db *db)
{
	enum scim_err e = SCIM_OK;
	const struct rows *rows;
	int i;

	if (db->gate && is_success(db->gated->result))
		e = db->gate(cx, db->gated, db->gate_arg);
	for (i = 0; !e && i < db->queued; i++) {
		rows = db->queue[i];
		if (PQresultStatus(rows->result) == PGRES_PIPELINE_ABORTED)
			continue;
		if (!is_success(rows->result))
			e = statement_failed(cx, db, rows);
		else if (was_rolled_back(rows))
			e = ctx_fail(cx, SCIM_INTERNAL, "the transaction was rolled back");
	}
	if (!e && db->not_replicated)
		e = ctx_fail(cx, SCIM_UNAVAILABLE, "the change is not replicated");
	return e;
}

enum scim_err db_run(struct ctx *cx, struct db *db)
{
	enum scim_err e;
	enum wait wait;

	db->succeeded = false;
	if ((e = ensure_connected(cx, db)))
		return e;
	db->began = db_began(db);
	db->trips++;
	db->not_replicated = false;
	db->stale = false;
	wait = send_all(db) ? flush_all(db) : WAIT_LOST;
	if (wait == WAIT_READY)
		wait = receive_all(cx, db);
	e = wait == WAIT_READY ? judge(cx, db) : connection_failed(cx, db, wait);
	db->succeeded = !e;
	if (db->stale)
		db_close(db);
	if (db_state(db) == DB_IDLE)
		db->began = 0;
	db_forget(db);
	return e;
}

void db_finish(struct ctx *cx, struct db *db)
{
	int64_t deadline = db->deadline;

	if (!db->conn || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
		return;
	db_forget(db);
	db->deadline = monotonic_ms() + ROLLBACK_MS;
	db_queue(cx, db, STMT_ROLLBACK, NULL);
	if (db_run(cx, db))
		db_close(db);
	db->deadline = deadline; /* the request may run again */
}
