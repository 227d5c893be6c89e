/* SPDX-License-Identifier: MIT */
/*
 * The one connection to PostgreSQL. Statements are queued and run together: one pipeline, one round
 * trip. Notice that there is no general purpose query function: all SQL is in stmt.c, or composed
 * by where.c and record_list.c.
 *
 * Several trips of one request make one transaction only between a queued STMT_BEGIN and
 * STMT_COMMIT; without them each trip is a transaction of its own.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/ctx.h"
#include "store/stmt.h"

struct db;

struct db_settings {
	const char *url; /* libpq connection string or URI, several hosts allowed */
	int64_t statement_timeout_ms; /* of one statement, enforced by the server */
	int64_t lock_timeout_ms;
	int64_t budget_ms; /* of all trips of one request, enforced here */
	bool prepare; /* keep prepared statements; off behind an old pgbouncer */
};

/* The result of one statement, filled by db_run; lives in the request's arena. */
struct rows;

/* Not connected yet: db_run connects when it has to. settings and db live as long as process. */
struct db *db_new(struct arena *process, const struct db_settings *settings);
void db_close(struct db *db);

/* A new request (or a new attempt): forget what is queued. The budget starts at attempt 0. */
void db_start(struct ctx *cx, struct db *db);

/* Leave no transaction open behind a request. */
void db_finish(struct ctx *cx, struct db *db);

/*
 * Queue a statement of the table for the next trip.
 *   params  as many texts as the statement's row says, NULL for SQL NULL; borrowed until db_run
 */
struct rows *db_queue(struct ctx *cx, struct db *db, enum stmt_id id, const char *const *params);

/* The same, planned for these very parameters: where an array may be long. */
struct rows *db_queue_planned(
	struct ctx *cx, struct db *db, enum stmt_id id, const char *const *params);

/* Queue a text composed by where.c or record_list.c. */
struct rows *db_queue_text(
	struct ctx *cx, struct db *db, const char *sql, int count, const char *const *params);

/*
 * What must hold before any other result of the trip counts: fn sees the rows of the statement that
 * verifies the credential, and its error goes before all others.
 */
typedef enum scim_err db_gate_fn(struct ctx *cx, const struct rows *rows, void *arg);
void db_gate(struct db *db, const struct rows *rows, db_gate_fn *fn, void *arg);

/*
 * Send all that is queued and wait for the answers: one round trip.
 *
 * Fails: SCIM_RETRY        the connection was lost, a deadlock, a serialization failure: the
 *                          request may run again; whether a COMMIT happened is for its rows to say
 *        SCIM_UNAVAILABLE  no connection, a time-out, the wrong schema version
 *        SCIM_INTERNAL     an SQLSTATE nobody expected
 *        what err_of_sqlstate says of the first statement that failed
 */
enum scim_err db_run(struct ctx *cx, struct db *db);

/* Drop what is queued. */
void db_forget(struct db *db);

enum db_state {
	DB_IDLE, /* no transaction */
	DB_OPEN,
	DB_FAILED /* in a transaction that can only be rolled back */
};

enum db_state db_state(const struct db *db);

/* When the open transaction began to be sent, by time_monotonic; now when there is none. */
int64_t db_began(const struct db *db);

/* Did the last trip run without an error of its own? */
bool db_succeeded(const struct db *db);

/* Round trips since db_start's attempt 0. */
int db_trips(const struct db *db);

int rows_count(const struct rows *rows);
int rows_columns(const struct rows *rows);
/* NULL for SQL NULL. */
const char *rows_text(const struct rows *rows, int row, int column);
size_t rows_len(const struct rows *rows, int row, int column);
/* 0 for SQL NULL. */
int64_t rows_int(const struct rows *rows, int row, int column);
bool rows_bool(const struct rows *rows, int row, int column);
/* timestamptz, in microseconds since 1970; 0 for SQL NULL. */
int64_t rows_time(const struct rows *rows, int row, int column);
struct uuid rows_uuid(const struct rows *rows, int row, int column);
/* The same; false for SQL NULL, *id is then unchanged. */
bool rows_find_uuid(const struct rows *rows, int row, int column, struct uuid *id);
/* bytea (hex output), decoded into the arena. */
const unsigned char *rows_bytes(
	struct ctx *cx, const struct rows *rows, int row, int column, size_t *len);

#endif
