/* SPDX-License-Identifier: MIT */
/*
 * A real PostgreSQL for the suites of store/ and web/. Each suite gets a copy of the migrated
 * database of its own, so that suites cannot see each other's rows; tools/test says where it is.
 */
#ifndef TESTS_DATABASE_H
#define TESTS_DATABASE_H

#include <libpq-fe.h>

#include "store/db.h"

/* To be the pInitFunc and pCleanupFunc of a suite. */
int database_open(void);
int database_close(void);

/* The connection of the code under test: as the application's role, bound by row security. */
extern struct db *test_db;

/* Another connection to the same database, as the application's role; close with PQfinish. */
PGconn *database_connect(void);
/* The same as the superuser. */
PGconn *database_connect_owner(void);

/*
 * SQL as the superuser, whom row security does not bind. A failure is printed and fails the test.
 * sql_text gives the first value of the first row, "" without rows and for NULL; it and sql_list,
 * which joins the first values of all rows with a space, live in the arena.
 */
void sql_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *sql_text(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
const char *sql_list(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int64_t sql_int(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A context whose clock is that of the suite: it goes on by a second with each one made. */
struct ctx *database_ctx(void);
extern int64_t test_clock; /* microseconds since 1970 */

/* A customer that is set up, in an environment of this name; texts live in the arena. */
struct customer {
	struct uuid environment;
	struct uuid organization;
	struct uuid directory;
	const char *key; /* of the management face */
	const char *read_key; /* without management rights */
	const char *token; /* of the SCIM face */
};

void customer_new(struct arena *arena, const char *environment, struct customer *customer);

/* Stand in a customer's directory: the first trip of a transaction that db_finish rolls back. */
enum scim_err customer_enter(struct ctx *cx, const struct customer *customer);

/* Send standard error to a file, and back: log lines would bury the report of the tests. */
void quiet_begin(void);
void quiet_end(void);
/* What was written meanwhile, in this suite. */
const char *quiet_text(struct arena *arena);

#endif
