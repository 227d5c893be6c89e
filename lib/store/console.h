/* SPDX-License-Identifier: MIT */
/*
 * What only the console asks of the store: searches by how a text begins, and numbers for charts.
 * All of it reads. Results are bounded, whatever the size of a directory.
 */
#ifndef STORE_CONSOLE_H
#define STORE_CONSOLE_H

#include "store/directory.h"

enum {
	CONSOLE_SESSION_SECONDS = 12 * 3600
};

/* Queue a session that may what the key may. secret: the cookie's value, of which a hash is kept. */
void console_session_open(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *key, const char *secret);

/* A directory and whose it is. */
struct console_place {
	struct directory directory;
	const char *organization; /* its name; NULL: none */
};

/* Queue it: one row when the environment has it. */
struct rows *console_place(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *directory);
void console_place_read(const struct rows *rows, struct console_place *place);

/*
 * Queue a page of organizations behind the id after, with the columns of organization_read.
 *   text  part of the name, of the external id or of a domain, in any case; NULL: all
 */
struct rows *console_organizations(struct ctx *cx, struct db *db, const struct uuid *environment,
	const char *text, const struct uuid *after, int64_t limit);

/* Queue the directories of these organizations, by organization, with directory_read's columns. */
struct rows *console_directories(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organizations, size_t count, int64_t limit);

enum {
	CONSOLE_LOG_ROWS = 100000 /* of the log, at most, that are looked at for a number */
};

/* How a directory is. */
struct console_state {
	int64_t users, groups;
	int64_t requests, errors; /* of the last 24 hours; at most CONSOLE_LOG_ROWS */
	int64_t refused; /* credentials, of about the last 24 hours */
	int64_t refused_at; /* the last; 0: none */
	int64_t last_at; /* the last request; 0: none yet */
	int last_status;
};

/* Queue it; the directory was entered before in the same trip. */
struct rows *console_state(struct ctx *cx, struct db *db, const struct uuid *directory);
void console_state_read(const struct rows *rows, struct console_state *state);

/* Slots of time, of equal length; numbered from 0. */
struct console_span {
	int64_t begin; /* microseconds since 1970 */
	int64_t seconds; /* of a slot */
};

/* Queue (slot, hundred of the status, requests): rows without requests are missing. */
struct rows *console_traffic(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct console_span *span);

/* Queue (slot, users that came less users that went). */
struct rows *console_growth(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct console_span *span);

/* A user as lists show it. Texts live in the arena; times are microseconds since 1970. */
struct console_user {
	struct uuid id;
	const char *user_name, *label, *external_id; /* external_id NULL: none */
	bool active;
	int64_t modified;
	bool deleted;
};

struct console_group {
	struct uuid id;
	const char *display_name, *external_id;
	int64_t members, modified;
	bool deleted;
};

/*
 * Queue users or groups of a directory that was entered; tombstones are among them.
 *   text    how userName, an e-mail address, displayName or externalId begins (externalId in the
 *           same case), by name, who is deleted last; NULL: all, the newest first
 *   before  first id of the page before, NULL: the first page; not with text
 */
struct rows *console_users(struct ctx *cx, struct db *db, const struct uuid *directory,
	const char *text, const struct uuid *before, int64_t limit);
void console_user_read(const struct rows *rows, int i, struct console_user *user);
struct rows *console_groups(struct ctx *cx, struct db *db, const struct uuid *directory,
	const char *text, const struct uuid *before, int64_t limit);
void console_group_read(const struct rows *rows, int i, struct console_group *group);

/* What the feed tells of one user or group. */
struct console_event {
	int64_t position, at, version;
	const char *type;
	bool has_request;
	struct uuid request;
};

/* Queue it, the newest first, among the last CONSOLE_LOG_ROWS events of the directory. */
struct rows *console_story(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *directory, const struct uuid *resource, int64_t limit);
void console_event_read(const struct rows *rows, int i, struct console_event *event);

#endif
