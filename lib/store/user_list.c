/* SPDX-License-Identifier: MIT */
/*
 * Lists of users. Without a filter the page is read straight from an index and the total from the
 * kept counts; with one, the matching ids are found once, counted, and the page is cut from them.
 */
#include "base/text.h"
#include "store/param.h"
#include "store/user.h"

#define COLUMNS "u.id, u.doc, u.version, u.created_at, u.modified_at"
#define LIVE "u.directory_id = $1::uuid AND u.deleted_at IS NULL"

enum {
	COLUMN_KEY = 5,
	COLUMN_TOTAL = 6
};

/* RFC 7644 section 3.4.2.3: what has no value comes last ascending and first descending. */
static void put_order(
	struct query *q, const struct user_query *query, const char *key, const char *id)
{
	if (query->sort)
		buf_printf(&q->sql, "%s %s, ", key,
			query->descending ? "DESC NULLS FIRST" : "ASC NULLS LAST");
	buf_puts(&q->sql, id);
}

/* Rows behind the position, in the order of put_order. */
static void put_after(struct query *q, const struct user_query *query, const char *key,
	const char *id, const char *type)
{
	const struct position *after = query->after;
	const char *beyond = query->descending ? "<" : ">";
	const char *uuid = param_uuid(q->cx, &after->id);

	buf_puts(&q->sql, "(");
	if (!query->sort) {
		buf_printf(&q->sql, "%s > ", id);
		query_param(q, uuid, "uuid");
	} else if (after->key) {
		buf_printf(&q->sql, "%s %s ", key, beyond);
		query_param(q, after->key, type);
		buf_printf(&q->sql, " OR (%s = ", key);
		query_param(q, after->key, type);
		buf_printf(&q->sql, " AND %s > ", id);
		query_param(q, uuid, "uuid");
		buf_printf(&q->sql, ")%s",
			query->descending ? "" : arena_printf(q->cx->arena, " OR %s IS NULL", key));
	} else {
		buf_printf(&q->sql, "(%s IS NULL AND %s > ", key, id);
		query_param(q, uuid, "uuid");
		buf_printf(&q->sql, ")%s",
			query->descending ? arena_printf(q->cx->arena, " OR %s IS NOT NULL", key)
					  : "");
	}
	buf_puts(&q->sql, ")");
}

static void put_limit(struct query *q, const struct user_query *query)
{
	buf_puts(&q->sql, " LIMIT ");
	query_param(q, param_int(q->cx, query->limit), "bigint");
	if (query->offset > 0) {
		buf_puts(&q->sql, " OFFSET ");
		query_param(q, param_int(q->cx, query->offset), "bigint");
	}
}

/* All users, in order, from the beginning or behind a position. */
static void put_all(
	struct query *q, const struct user_query *query, const char *key, const char *type)
{
	buf_puts(&q->sql, " FROM users u WHERE " LIVE);
	if (query->after) {
		buf_puts(&q->sql, " AND ");
		put_after(q, query, key, "u.id", type);
	}
	buf_puts(&q->sql, " ORDER BY ");
	put_order(q, query, key, "u.id");
	put_limit(q, query);
}

/* A deep offset walks an index of ids, never whole rows. */
static void compose_all(
	struct query *q, const struct user_query *query, const char *key, const char *type)
{
	if (query->offset == 0) {
		buf_printf(&q->sql, "SELECT " COLUMNS ", (%s)::text", key);
		put_all(q, query, key, type);
		return;
	}
	buf_printf(&q->sql, "SELECT " COLUMNS ", p.k::text FROM (SELECT u.id, %s AS k", key);
	put_all(q, query, key, type);
	buf_puts(
		&q->sql, ") p JOIN users u ON u.directory_id = $1::uuid AND u.id = p.id ORDER BY ");
	put_order(q, query, "p.k", "p.id");
}

static enum scim_err compose_filtered(
	struct query *q, const struct user_query *query, const char *key, const char *type)
{
	enum scim_err e;

	buf_printf(&q->sql,
		"WITH hits AS MATERIALIZED (SELECT u.id, %s AS k FROM users u WHERE " LIVE " AND ",
		key);
	if ((e = where_filter(q, query->where, query->filter)))
		return e;
	buf_puts(&q->sql, ") SELECT " COLUMNS
			  ", p.k::text, c.total FROM (SELECT count(*) AS total FROM hits) c"
			  " LEFT JOIN (SELECT h.id, h.k FROM hits h");
	if (query->after) {
		buf_puts(&q->sql, " WHERE ");
		put_after(q, query, "h.k", "h.id", type);
	}
	buf_puts(&q->sql, " ORDER BY ");
	put_order(q, query, "h.k", "h.id");
	put_limit(q, query);
	buf_puts(&q->sql,
		") p ON true LEFT JOIN users u ON u.directory_id = $1::uuid AND u.id = p.id ORDER BY ");
	put_order(q, query, "p.k", "p.id");
	return SCIM_OK;
}

/* The sort key's SQL, composed apart because it stands in several places. */
static enum scim_err sort_key(
	struct query *q, const struct user_query *query, const char **key, const char **type)
{
	enum scim_err e;

	*key = "NULL::text";
	*type = "text";
	if (!query->sort)
		return SCIM_OK;
	if ((e = where_sort_key(q, query->where, query->sort, type)))
		return e;
	*key = arena_strndup(q->cx->arena, q->sql.data, q->sql.len);
	buf_cut(&q->sql, 0);
	return SCIM_OK;
}

enum scim_err user_list_queue(struct ctx *cx, struct db *db, const struct user_query *query,
	struct rows **page, struct rows **total)
{
	const char **total_params = arena_alloc(cx->arena, 2 * sizeof(*total_params));
	const char *key, *type;
	struct query q;
	enum scim_err e;

	query_init(&q, cx, query->directory, query->filter);
	if ((e = sort_key(&q, query, &key, &type)))
		return e;
	if (!query->filter)
		compose_all(&q, query, key, type);
	else if ((e = compose_filtered(&q, query, key, type)))
		return e;
	*page = db_queue_text(cx, db, q.sql.data, q.count, q.params);
	*total = NULL;
	if (query->filter)
		return SCIM_OK;
	total_params[0] = q.params[0];
	total_params[1] = "users";
	*total = db_queue(cx, db, STMT_TOTAL, total_params);
	return SCIM_OK;
}

void user_list_read(
	struct ctx *cx, const struct rows *page, const struct rows *total, struct user_list *list)
{
	int i, n = rows_count(page);

	list->rows = arena_alloc(cx->arena, (size_t)(n + 1) * sizeof(*list->rows));
	list->keys = arena_alloc(cx->arena, (size_t)(n + 1) * sizeof(*list->keys));
	list->count = 0;
	list->total = total ? rows_int(total, 0, 0) : rows_int(page, 0, COLUMN_TOTAL);
	for (i = 0; i < n; i++) {
		if (!rows_text(page, i, 0))
			continue; /* the total came alone: no row is on this page */
		list->keys[list->count] = rows_text(page, i, COLUMN_KEY);
		user_read(cx, page, i, &list->rows[list->count++]);
	}
}
