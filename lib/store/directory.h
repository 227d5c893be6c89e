/* SPDX-License-Identifier: MIT */
/* SCIM directories of one environment and their bearer tokens. */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "store/db.h"

struct directory {
	struct uuid id;
	struct uuid organization;
	bool primary;
	bool enabled;
	bool strict;
	bool has_token;
};

enum change {
	CHANGE_NONE = 0, /* as it is; on creation the default */
	CHANGE_FALSE,
	CHANGE_TRUE
};

struct directory_change {
	enum change primary;
	enum change enabled;
	enum change strict;
};

/* Queue a page behind the id after; organization NULL: of all. */
struct rows *directory_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *after, int64_t limit);
struct rows *directory_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);
void directory_read(const struct rows *rows, int i, struct directory *directory);

/*
 * Queue the lock of the organization that a directory belongs or belonged to: one row, its id. What
 * is queued behind it sees what was decided under it before.
 */
struct rows *directory_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/*
 * Queue an event of a directory that is there. The functions below do so themselves. An event needs the
 * environment to be entered in the transaction, as environment_enter and session_enter do.
 *   data  JSON text
 */
void directory_note(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const char *type, const char *data);

/*
 * Queue a change, under the organization's lock (which creation takes itself), and the reading back
 * of its result. The first
 * directory of an organization becomes primary; making one primary demotes the other. Nothing is
 * read back after creation when the environment has no such organization.
 */
struct rows *directory_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory, const struct directory_change *change);
/* directory is as it was read under the lock. */
struct rows *directory_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory, const struct directory_change *change);

/*
 * Queue the deletion, with its tokens; the oldest directory left becomes primary. One row when it
 * was there, or an earlier attempt of this request has deleted it.
 */
struct rows *directory_delete(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory);

/*
 * Queue the replacement of the directory's own bearer tokens by a new one. An attempt that runs again
 * with the same one changes nothing and tells nothing more.
 *   overlap_seconds  how long those there are stay valid; 0: they end with this transaction
 */
void directory_rotate(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const char *token, int64_t overlap_seconds);

#endif
