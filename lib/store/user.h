/* SPDX-License-Identifier: MIT */
/*
 * Users of one directory. All calls stand in a transaction that directory_enter has opened; the
 * directory is the tenant's.
 */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "scim/project.h"
#include "scim/resource.h"
#include "store/db.h"
#include "store/where.h"

/* One row; text lives in the request's arena. */
struct user_row {
	struct uuid id;
	struct stored stored; /* id spelled scim_user_...; computed "" */
	bool deleted;
	bool found;
	bool done; /* an earlier attempt of this request has changed it */
};

/* Read columns id, doc, version, created_at, modified_at of row i. */
void user_read(struct ctx *cx, const struct rows *rows, int i, struct user_row *row);

/* Get one: queue, run, and the row. found is false when there is none (tombstones count as none). */
enum scim_err user_get(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *id, struct user_row *row);

/* The same, locked until the end of the transaction; tombstones are found and say so. */
enum scim_err user_lock(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *id, struct user_row *row);

/* What a write stores. */
struct user_write {
	const struct uuid *directory;
	const struct uuid *id;
	struct json_object *resource; /* canonical, to be stored */
	const char *doc; /* its text; unused for delete */
	struct json_object *before; /* as stored until now; NULL for insert */
	int64_t version; /* expected; unused for insert */
	int64_t modified; /* meta.lastModified; not earlier than it was */
};

/*
 * Queue the change with its index rows, count and event, to be run with the COMMIT of the request.
 * One row comes back when it was made; none: the userName is taken (insert), the version is
 * another (update, delete).
 */
struct rows *user_insert(struct ctx *cx, struct db *db, const struct user_write *write);
struct rows *user_update(struct ctx *cx, struct db *db, const struct user_write *write);
/* write->resource is what is deleted. */
struct rows *user_delete(struct ctx *cx, struct db *db, const struct user_write *write);

/* Where a cursor page goes on: behind the row with this key and id. */
struct position {
	const char *key; /* text of the sort key; NULL: it had none, or there is no sortBy */
	struct uuid id;
};

struct user_query {
	const struct where *where;
	const struct uuid *directory;
	const struct filter *filter; /* NULL: all */
	const struct path *sort; /* NULL: by id, which is creation order */
	bool descending;
	int64_t offset; /* rows to leave out, from 0 */
	const struct position *after; /* NULL: from the beginning */
	int64_t limit; /* rows wanted */
};

struct user_list {
	int64_t total; /* all that match, not only this page */
	struct user_row *rows;
	const char **keys; /* sort key of each row, NULL without sort or value */
	int count;
};

/* Compose, queue. Fails as where_filter and where_sort_key. */
enum scim_err user_list_queue(struct ctx *cx, struct db *db, const struct user_query *query,
	struct rows **page, struct rows **total);

/* Read what user_list_queue queued, after db_run. */
void user_list_read(
	struct ctx *cx, const struct rows *page, const struct rows *total, struct user_list *list);

#endif
