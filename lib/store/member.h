/* SPDX-License-Identifier: MIT */
/*
 * Changes of who is in a group, written as deltas: one statement whatever the size of the group,
 * whose rows are only those that change.
 */
#ifndef STORE_MEMBER_H
#define STORE_MEMBER_H

#include "scim/members.h"
#include "store/record.h"

/* What a change needs besides its step. */
struct member_write {
	struct record_ref group;
	int64_t modified; /* meta.lastModified when something changes */
	bool counted; /* the version has counted on already, by record_insert or record_update */
	size_t unknown; /* named in the request by what can be no id */
	const char *unknown_text; /* some of them */
};

/*
 * Queue one step of a plan, which must not be a filter (see member_matches). Who is not in the
 * directory is passed over, and noted in the request's row of the log.
 */
struct rows *member_change(struct ctx *cx, struct db *db, const struct member_write *write,
	const struct member_step *step);

/* After db_run: the version that the change led to, 0 when it changed nothing. */
int64_t member_version(const struct rows *rows);
/* After db_run: how many were passed over. */
int64_t member_unknown(const struct rows *rows);

/* Queue how many users are members themselves; no row: there is no such group. */
struct rows *member_users(struct ctx *cx, struct db *db, const struct record_ref *group);

/*
 * Queue the look-up of the members that a filter selects. Fails as where_filter.
 */
enum scim_err member_find(struct ctx *cx, struct db *db, const struct record_ref *group,
	const char *base, const struct filter *filter, struct rows **rows);
/* After db_run: a step that drops those. */
struct member_step member_found(struct ctx *cx, const struct rows *rows);

#endif
