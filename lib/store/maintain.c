/* SPDX-License-Identifier: MIT */
/* Upkeep: what is old goes, a bounded number of rows at a time. */
#include "store/maintain.h"

#include "base/log.h"
#include "base/text.h"
#include "store/feed.h"
#include "store/param.h"
#include "store/table.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

enum {
	EVENT_ROWS = 1000,
	FEED_ROUNDS = 32, /* Bulk makes more events between two rounds of upkeep than one moves */
	LOG_ROWS = 5000, /* more than are written between two rounds */
	TOMBSTONE_ROWS = 1000,
	TOKEN_ROWS = 200,
	PURGE_ROWS = 1000
};

static const char **params_of(struct ctx *cx, const char *a, const char *b, const char *c)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));

	params[0] = a;
	params[1] = b;
	params[2] = c;
	return params;
}

static void run(struct ctx *cx, struct db *db)
{
	if (!db_run(cx, db))
		return;
	log_line("warning", &cx->request_id, "upkeep: %s", cx->detail);
	ctx_clear(cx);
	db_finish(cx, db);
}

static void tidy(struct ctx *cx, struct db *db, const char *id, const struct retention *retention)
{
	static const enum stmt_id tombstones[KIND__MAX] = { STMT_USER_TOMBSTONES,
		STMT_GROUP_TOMBSTONES };
	int64_t log_from = cx->now - retention->log_days * DAY_US;
	struct uuid first = uuid_floor(log_from);
	const char *before = param_time(cx, cx->now - retention->tombstone_days * DAY_US);
	int i;

	db_queue(cx, db, STMT_ENTER_DIRECTORY, params_of(cx, id, NULL, NULL));
	for (i = 0; i < KIND__MAX; i++) {
		db_queue(cx, db, STMT_COUNTS_FOLD,
			params_of(cx, id, tables[i].name, param_uuid(cx, &cx->request_id)));
		db_queue(cx, db, tombstones[i],
			params_of(cx, id, before, param_int(cx, TOMBSTONE_ROWS)));
	}
	db_queue(cx, db, STMT_LOG_PURGE,
		params_of(cx, id, param_uuid(cx, &first), param_int(cx, LOG_ROWS)));
	db_queue(cx, db, STMT_TOKENS_PURGE,
		params_of(cx, id, param_time(cx, cx->now - DAY_US), param_int(cx, TOKEN_ROWS)));
	db_queue(cx, db, STMT_FAILURES_PURGE, params_of(cx, id, param_time(cx, log_from), NULL));
	run(cx, db);
}

/* The environment of a directory, deleted or not: its events are numbered, the oldest go. */
static void tidy_feed(
	struct ctx *cx, struct db *db, const char *directory, const struct retention *retention)
{
	const char *before = param_time(cx, cx->now - retention->event_days * DAY_US);
	struct uuid environment;
	struct rows *rows, *moved;
	int round;

	rows = db_queue(cx, db, STMT_FEED_OWNER, params_of(cx, directory, NULL, NULL));
	run(cx, db);
	if (!db_succeeded(db) || !rows_count(rows))
		return;
	environment = rows_uuid(rows, 0, 0);
	for (round = 0; round < FEED_ROUNDS; round++) {
		feed_enter(cx, db, &environment);
		moved = feed_sequence(cx, db, &environment);
		db_queue(cx, db, STMT_FEED_PURGE,
			params_of(cx, rows_text(rows, 0, 0), before, param_int(cx, EVENT_ROWS)));
		run(cx, db);
		if (!db_succeeded(db) || !feed_is_behind(moved))
			return;
	}
}

/*
 * A directory that was deleted: a piece of it, and the directory itself when nothing is left; what happened to
 * it belongs to the feed.
 */
static void purge(struct ctx *cx, struct db *db, const char *id)
{
	static const enum stmt_id pieces[] = { STMT_PURGE_USERS, STMT_PURGE_GROUPS,
		STMT_PURGE_MEMBERS, STMT_PURGE_VALUES, STMT_PURGE_LOG };
	size_t i;

	db_queue(cx, db, STMT_ENTER_DELETED, params_of(cx, id, NULL, NULL));
	for (i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		db_queue(cx, db, pieces[i], params_of(cx, id, param_int(cx, PURGE_ROWS), NULL));
	db_queue(cx, db, STMT_PURGE_REST, params_of(cx, id, NULL, NULL));
	db_queue(cx, db, STMT_PURGE_DIRECTORY, params_of(cx, id, NULL, NULL));
	run(cx, db);
}

void maintain_directory(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct retention *retention)
{
	const char *before[] = { param_time(cx, cx->now - DAY_US) };
	struct rows *rows;

	db_start(cx, db);
	tidy(cx, db, param_uuid(cx, directory), retention);
	tidy_feed(cx, db, param_uuid(cx, directory), retention);
	rows = db_queue(cx, db, STMT_DELETED_DIRECTORY, before);
	run(cx, db);
	if (!db_succeeded(db) || !rows_count(rows))
		return;
	tidy_feed(cx, db, rows_text(rows, 0, 0), retention);
	purge(cx, db, rows_text(rows, 0, 0));
}

void maintain_environment(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct retention *retention)
{
	const char *ended = param_time(cx, cx->now - DAY_US);
	const char *dead = param_time(cx, cx->now - retention->log_days * DAY_US);
	const char *rows = param_int(cx, PURGE_ROWS);
	struct uuid first = uuid_floor(cx->now - retention->audit_days * DAY_US);

	db_start(cx, db);
	db_queue(cx, db, STMT_AUDIT_PURGE,
		params_of(cx, param_uuid(cx, environment), param_uuid(cx, &first), rows));
	db_queue(cx, db, STMT_SESSIONS_PURGE, params_of(cx, ended, rows, NULL));
	db_queue(cx, db, STMT_LINKS_PURGE, params_of(cx, dead, rows, NULL));
	run(cx, db);
}
