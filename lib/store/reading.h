/* SPDX-License-Identifier: MIT */
/*
 * What the application and the pages see of a directory: its users and groups, those that were deleted
 * too (as long as they are kept), which no identity provider sees again.
 */
#ifndef STORE_READING_H
#define STORE_READING_H

#include "scim/project.h"
#include "store/db.h"

/*
 * Queue the entering of a directory: what is queued behind it in this trip sees its rows, if the same
 * transaction has verified a key or a session of the environment. One row, the directory's own
 * schemas; none when the environment has no such directory: then nothing of it is seen.
 */
struct rows *directory_visit(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *directory);

/* The types that the directory has, after db_run, from its one row. */
enum scim_err directory_types(
	struct ctx *cx, const struct rows *rows, const struct resource_type *types[KIND__MAX]);

/*
 * Queue the search for the primary directory of an organization, which is named by one of the two: one
 * row for an organization that exists, its id null when it has no directory.
 */
struct rows *directory_primary(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const char *external_id);

/* Queue the search for the directories whose tag (base/id.h) an id has: a row each. */
struct rows *directory_of_id(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, int64_t limit);

/* What of a directory is wanted, in the order of ids; zero and NULL: anything. */
struct reading_query {
	const struct uuid *directory;
	enum resource_kind kind;
	const struct uuid *after; /* the last id of the page before */
	int64_t limit; /* rows */
	const int64_t *since; /* changed at this time or later; microseconds since 1970 */
	const char *email; /* users with it; in any case */
	const struct uuid *of; /* users: members of this group; groups: those it is a member of */
};

/* A user or a group; texts live in the request's arena. */
struct reading {
	struct uuid id;
	struct stored stored;
	bool deleted; /* it is a tombstone */
	bool active; /* of a user */
	const char *display_name; /* of a group */
	int64_t members; /* of a group: how many */
};

/* Queue a page; one, tombstones too. */
struct rows *reading_list(struct ctx *cx, struct db *db, const struct reading_query *query);
struct rows *reading_get(struct ctx *cx, struct db *db, const struct uuid *directory,
	enum resource_kind kind, const struct uuid *id);

/* Row i of either, after db_run. */
void reading_read(struct ctx *cx, enum resource_kind kind, const struct rows *rows, int i,
	struct reading *reading);

struct reading_member {
	struct uuid id;
	enum resource_kind kind;
	const char *display;
};

/* Queue a page of the members of a group, in the order of their ids. */
struct rows *members_list(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *group, const struct uuid *after, int64_t limit);
void members_read(const struct rows *rows, int i, struct reading_member *member);

#endif
