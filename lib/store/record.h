/* SPDX-License-Identifier: MIT */
/*
 * Resources of one directory, users and groups alike: one row each, and lists of them. All calls
 * stand in a transaction that directory_enter has opened; the directory is the tenant's. The members of
 * groups are in member.h.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "scim/project.h"
#include "scim/resource.h"
#include "store/db.h"
#include "store/where.h"

/* Which row is meant. */
struct record_ref {
	const struct uuid *directory;
	const struct resource_type *rt;
	const struct uuid *id;
};

/* One row; text lives in the request's arena. */
struct record {
	struct uuid id;
	struct stored stored;
	bool deleted;
	bool found;
	bool done; /* an earlier attempt of this request has changed it */
};

/*
 * Queue the reading of one.
 *   memberships  with its groups or members, which cost a query
 */
struct rows *record_get(
	struct ctx *cx, struct db *db, const struct record_ref *ref, bool memberships);

/* After db_run: found is false when there is none (tombstones count as none). */
void record_read(struct ctx *cx, const struct resource_type *rt, const struct rows *rows,
	struct record *record);

/* What a lock is for. */
enum record_lock {
	LOCK_EDIT, /* lets others make it a member meanwhile */
	LOCK_DELETE /* nobody does; the groups that hold it are locked before. Also to rename it */
};

struct record_locked {
	struct rows *rows;
	struct rows *done; /* NULL at the first attempt */
};

/* The same, locked until the end of the transaction; tombstones are found and say so. */
struct record_locked record_lock(struct ctx *cx, struct db *db, const struct record_ref *ref,
	enum record_lock lock, bool memberships);
void record_locked_read(struct ctx *cx, const struct resource_type *rt,
	const struct record_locked *locked, struct record *record);

/* What a write stores. */
struct record_write {
	struct record_ref ref;
	struct json_object *resource; /* canonical, to be stored */
	const char *doc; /* its text; unused for delete */
	struct json_object *before; /* as stored until now; NULL for insert */
	int64_t version; /* expected; unused for insert */
	int64_t modified; /* meta.lastModified; not earlier than it was */
};

/*
 * Queue the change with its index rows, count and event, to be run with the COMMIT of the request.
 * One row comes back when it was made; none: the unique name is taken (insert), the version is
 * another (update, delete). Memberships follow: a deleted resource leaves its groups, a renamed one
 * is shown by its new name there.
 */
struct rows *record_insert(struct ctx *cx, struct db *db, const struct record_write *write);
struct rows *record_update(struct ctx *cx, struct db *db, const struct record_write *write);
/* write->resource is what is deleted. */
struct rows *record_delete(struct ctx *cx, struct db *db, const struct record_write *write);

/* Where a cursor page goes on: behind the row with this key and id. */
struct position {
	const char *key; /* text of the sort key; NULL: it had none, or there is no sortBy */
	struct uuid id;
};

/* What a list wants of one type of resource. */
struct record_source {
	const struct resource_type *rt;
	const struct filter *filter; /* NULL: all */
	const struct path *sort; /* NULL: by id, which is creation order */
	bool memberships; /* with groups or members */
};

struct record_query {
	const struct uuid *directory;
	const char *base; /* SCIM base URL without a trailing slash */
	const struct record_source *sources; /* one a type */
	size_t source_count;
	bool sorted; /* some source has a sort key */
	bool descending;
	int64_t offset; /* rows to leave out, from 0 */
	const struct position *after; /* NULL: from the beginning */
	int64_t limit; /* rows wanted */
};

struct record_item {
	const struct resource_type *rt;
	struct record record;
	const char *key; /* of the sort; NULL without sort or value */
};

struct record_list {
	int64_t total; /* all that match, not only this page */
	struct record_item *items;
	int count; /* fewer than there are where their memberships would be too many for one answer */
	bool cut; /* then */
};

/* What record_list_queue queued. */
struct record_listed {
	struct rows *page;
	struct rows *totals[KIND__MAX]; /* NULL where the page says it */
};

/* Compose, queue. Fails as where_filter and where_sort_key. */
enum scim_err record_list_queue(struct ctx *cx, struct db *db, const struct record_query *query,
	struct record_listed *listed);

/* Read what record_list_queue queued, after db_run. */
void record_list_read(struct ctx *cx, const struct record_query *query,
	const struct record_listed *listed, struct record_list *list);

#endif
