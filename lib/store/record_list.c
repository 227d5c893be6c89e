/* SPDX-License-Identifier: MIT */
/*
 * Lists of resources, of one type or of several. Without a filter the page is read straight from the
 * indexes and the total from the kept counts; with one, the matching ids are found once, counted, and
 * the page is cut from them.
 */
#include <inttypes.h>

#include "base/text.h"
#include "store/param.h"
#include "store/record.h"
#include "store/stmt_memberships.h"
#include "store/table.h"

#define LIVE "r.directory_id = $1::uuid AND r.deleted_at IS NULL"

enum {
	COLUMN_KEY = 6, /* behind what record_row reads */
	COLUMN_KIND,
	COLUMN_FITS,
	COLUMN_TOTAL
};

/* Members on one page; behind the first group with members what goes beyond is for the next page. */
#define PAGE_MEMBERS "250000"

static const char *const memberships[KIND__MAX] = {
	[KIND_USER] = GROUPS_OF_USER("r.fits"),
	[KIND_GROUP] = MEMBERS_OF_GROUP("r.fits"),
};

/* One list being composed. */
struct list {
	struct query q;
	const struct record_query *query;
	const char *keys[KIND__MAX]; /* the sort key's SQL by source, over row r */
	const char *type; /* theirs, the same for all */
	bool filtered; /* some source */
	bool budgeted; /* the members of groups are wanted */
	bool memberships; /* some source */
};

/* RFC 7644 section 3.4.2.3: what has no value comes last ascending and first descending. */
static void put_order(struct list *list, const char *key, const char *id)
{
	if (list->query->sorted)
		buf_printf(&list->q.sql, "%s %s, ", key,
			list->query->descending ? "DESC NULLS FIRST" : "ASC NULLS LAST");
	buf_puts(&list->q.sql, id);
}

/* Rows behind the position, in the order of put_order. */
static void put_after(struct list *list, const char *key, const char *id)
{
	const struct position *after = list->query->after;
	bool descending = list->query->descending;
	struct query *q = &list->q;
	const char *uuid = param_uuid(q->cx, &after->id);

	buf_puts(&q->sql, "(");
	if (!list->query->sorted) {
		buf_printf(&q->sql, "%s > ", id);
		query_param(q, uuid, "uuid");
	} else if (after->key) {
		buf_printf(&q->sql, "%s %s ", key, descending ? "<" : ">");
		query_param(q, after->key, list->type);
		buf_printf(&q->sql, " OR (%s = ", key);
		query_param(q, after->key, list->type);
		buf_printf(&q->sql, " AND %s > ", id);
		query_param(q, uuid, "uuid");
		buf_printf(&q->sql, ")%s",
			descending ? "" : arena_printf(q->cx->arena, " OR %s IS NULL", key));
	} else {
		buf_printf(&q->sql, "(%s IS NULL AND %s > ", key, id);
		query_param(q, uuid, "uuid");
		buf_printf(&q->sql, ")%s",
			descending ? arena_printf(q->cx->arena, " OR %s IS NOT NULL", key) : "");
	}
	buf_puts(&q->sql, ")");
}

static void put_number(struct list *list, const char *word, int64_t number)
{
	buf_puts(&list->q.sql, word);
	query_param(&list->q, param_int(list->q.cx, number), "bigint");
}

/*
 * As digits: PostgreSQL takes LIMIT $n for a tenth of all, so it would plan each page anew. Clients ask for pages
 * of one size. Where there is an OFFSET, which is another each time, nothing is gained.
 */
static void put_limit(struct list *list)
{
	if (list->query->offset == 0) {
		buf_printf(&list->q.sql, " LIMIT %" PRId64, list->query->limit);
		return;
	}
	put_number(list, " LIMIT ", list->query->limit);
	put_number(list, " OFFSET ", list->query->offset);
}

static const struct table *table_of(const struct list *list, size_t i)
{
	return &tables[list->query->sources[i].rt->kind];
}

/* The end of a SELECT from source i, in order, from the beginning or behind a position. */
static void put_rows(struct list *list, size_t i)
{
	buf_printf(&list->q.sql, " FROM %s r WHERE " LIVE, table_of(list, i)->name);
	if (list->query->after) {
		buf_puts(&list->q.sql, " AND ");
		put_after(list, list->keys[i], "r.id");
	}
	buf_puts(&list->q.sql, " ORDER BY ");
	put_order(list, list->keys[i], "r.id");
}

static void put_ids(struct list *list, size_t i)
{
	buf_printf(&list->q.sql, "SELECT r.id, %d AS kind, %s AS k",
		(int)list->query->sources[i].rt->kind, list->keys[i]);
}

/* All that comes before the end of the page may be of one source. */
static void put_first(struct list *list)
{
	const struct record_query *query = list->query;

	if (query->offset == 0)
		put_limit(list);
	else
		put_number(list, " LIMIT ",
			query->offset > INT64_MAX - query->limit ? INT64_MAX
								 : query->offset + query->limit);
}

/* What one source has before the page is cut: all its ids, or as many as the page may need. */
static enum scim_err put_source(struct list *list, size_t i)
{
	const struct record_query *query = list->query;
	const struct record_source *source = &query->sources[i];
	const struct where where = { source->rt, query->base };

	put_ids(list, i);
	if (!list->filtered) {
		put_rows(list, i);
		put_first(list);
		return SCIM_OK;
	}
	buf_printf(&list->q.sql, " FROM %s r WHERE " LIVE, table_of(list, i)->name);
	if (!source->filter)
		return SCIM_OK;
	buf_puts(&list->q.sql, " AND ");
	return where_filter(&list->q, &where, source->filter);
}

static enum scim_err put_sources(struct list *list)
{
	enum scim_err e;
	size_t i;

	for (i = 0; i < list->query->source_count; i++) {
		buf_puts(&list->q.sql, i ? " UNION ALL (" : "(");
		if ((e = put_source(list, i)))
			return e;
		buf_puts(&list->q.sql, ")");
	}
	return SCIM_OK;
}

/* The page's ids, kinds and keys as p. A deep offset walks indexes of ids, never whole rows. */
static enum scim_err put_page(struct list *list)
{
	struct buf *sql = &list->q.sql;
	enum scim_err e;

	if (!list->filtered && list->query->source_count == 1) {
		buf_puts(sql, "(");
		put_ids(list, 0);
		put_rows(list, 0);
		put_limit(list);
		buf_puts(sql, ") p");
		return SCIM_OK;
	}
	if (list->filtered) {
		buf_puts(sql, "(SELECT count(*) AS total FROM hits) c LEFT JOIN"
			      " (SELECT h.id, h.kind, h.k FROM hits h");
		if (list->query->after) {
			buf_puts(sql, " WHERE ");
			put_after(list, "h.k", "h.id");
		}
	} else {
		buf_puts(sql, "(SELECT h.id, h.kind, h.k FROM (");
		if ((e = put_sources(list)))
			return e;
		buf_puts(sql, ") h");
	}
	buf_puts(sql, " ORDER BY ");
	put_order(list, "h.k", "h.id");
	put_limit(list);
	buf_puts(sql, list->filtered ? ") p ON true" : ") p");
	return SCIM_OK;
}

/* A column of the tables t0, t1 that p is joined to: only one of them has the row. */
static void put_column(struct list *list, const char *name)
{
	buf_printf(&list->q.sql,
		list->query->source_count == 1 ? ", t0.%s" : ", coalesce(t0.%1$s, t1.%1$s) AS %1$s",
		name);
}

/* Does the row with all before it on the page stay within the budget, or is it the first? */
static void put_fits(struct list *list)
{
	const struct record_query *query = list->query;
	const char *members;
	size_t i = 0;

	if (!list->budgeted) {
		buf_puts(&list->q.sql, ", true AS fits");
		return;
	}
	while (!query->sources[i].rt->has_members)
		i++;
	members = arena_printf(list->q.cx->arena, "coalesce(t%d.member_count, 0)", (int)i);
	buf_printf(&list->q.sql,
		", sum(%1$s) OVER w <= " PAGE_MEMBERS " OR sum(%1$s) OVER w = %1$s AS fits",
		members);
}

/* Of the rows that fit; r is the page. */
static void put_memberships(struct list *list)
{
	const struct record_query *query = list->query;
	size_t i;

	if (!list->memberships) {
		buf_puts(&list->q.sql, "NULL::text");
		return;
	}
	buf_puts(&list->q.sql, "CASE r.kind");
	for (i = 0; i < query->source_count; i++)
		if (query->sources[i].memberships)
			buf_printf(&list->q.sql, " WHEN %d THEN %s",
				(int)query->sources[i].rt->kind,
				memberships[query->sources[i].rt->kind]);
	buf_puts(&list->q.sql, " END");
}

static void put_joins(struct list *list)
{
	size_t i;

	for (i = 0; i < list->query->source_count; i++)
		buf_printf(&list->q.sql,
			" LEFT JOIN %1$s t%2$d ON t%2$d.directory_id = $1::uuid"
			" AND t%2$d.id = p.id AND p.kind = %3$d",
			table_of(list, i)->name, (int)i, (int)list->query->sources[i].rt->kind);
	if (!list->budgeted)
		return;
	buf_puts(&list->q.sql, " WINDOW w AS (ORDER BY ");
	put_order(list, "p.k", "p.id");
	buf_puts(&list->q.sql, " ROWS UNBOUNDED PRECEDING)");
}

static enum scim_err compose_page(struct list *list)
{
	struct buf *sql = &list->q.sql;
	enum scim_err e;

	if (list->filtered) {
		buf_puts(sql, "WITH hits AS MATERIALIZED (");
		if ((e = put_sources(list)))
			return e;
		buf_puts(sql, ") ");
	}
	buf_puts(sql, "SELECT r.id, r.doc, r.version, r.created_at, r.modified_at, ");
	put_memberships(list);
	buf_puts(sql, ", r.k::text, r.kind, r.fits, r.total FROM (SELECT p.id, p.kind, p.k");
	put_column(list, "doc");
	put_column(list, "version");
	put_column(list, "created_at");
	put_column(list, "modified_at");
	put_fits(list);
	buf_puts(sql, list->filtered ? ", c.total FROM " : ", NULL::bigint AS total FROM ");
	if ((e = put_page(list)))
		return e;
	put_joins(list);
	buf_puts(sql, ") r ORDER BY ");
	put_order(list, "r.k", "r.id");
	return SCIM_OK;
}

/* The beginning of all resources of a type, or what follows a cursor: one walk of an index. */
static void compose_straight(struct list *list)
{
	buf_printf(&list->q.sql,
		"SELECT r.id, r.doc, r.version, r.created_at, r.modified_at, NULL::text,"
		" (%s)::text, %d, true",
		list->keys[0], (int)list->query->sources[0].rt->kind);
	put_rows(list, 0);
	put_limit(list);
}

static enum scim_err compose(struct list *list)
{
	if (list->query->source_count > 1 || list->filtered || list->memberships ||
		list->query->offset > 0)
		return compose_page(list);
	compose_straight(list);
	return SCIM_OK;
}

/* The sort keys' SQL, composed apart because they stand in several places; of one type. */
static enum scim_err sort_keys(struct list *list)
{
	const char *types[KIND__MAX] = { NULL };
	const struct record_query *query = list->query;
	struct query *q = &list->q;
	bool mixed = false;
	enum scim_err e;
	size_t i;

	for (i = 0; i < query->source_count; i++) {
		const struct where where = { query->sources[i].rt, query->base };

		if (!query->sources[i].sort)
			continue;
		if ((e = where_sort_key(q, &where, query->sources[i].sort, &types[i])))
			return e;
		list->keys[i] = arena_strndup(q->cx->arena, q->sql.data, q->sql.len);
		buf_cut(&q->sql, 0);
		mixed |= list->type && strcmp(list->type, types[i]) != 0;
		list->type = types[i];
	}
	if (!list->type || mixed)
		list->type = "text";
	for (i = 0; i < query->source_count; i++)
		if (!list->keys[i])
			list->keys[i] = arena_printf(q->cx->arena, "NULL::%s", list->type);
		else if (mixed)
			list->keys[i] = arena_printf(
				q->cx->arena, "(%s)::text COLLATE \"C\"", list->keys[i]);
	return SCIM_OK;
}

static void queue_totals(struct list *list, struct db *db, struct record_listed *listed)
{
	struct ctx *cx = list->q.cx;
	size_t i;

	for (i = 0; i < list->query->source_count; i++) {
		const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

		params[0] = list->q.params[0];
		params[1] = table_of(list, i)->name;
		listed->totals[list->query->sources[i].rt->kind] =
			db_queue(cx, db, STMT_TOTAL, params);
	}
}

enum scim_err record_list_queue(struct ctx *cx, struct db *db, const struct record_query *query,
	struct record_listed *listed)
{
	struct list list = { .query = query };
	enum scim_err e;
	size_t i;

	for (i = 0; i < query->source_count; i++) {
		const struct record_source *source = &query->sources[i];

		list.filtered |= source->filter != NULL;
		list.memberships |= source->memberships;
		list.budgeted |= source->memberships && source->rt->has_members;
	}
	query_init(&list.q, cx, query->directory);
	if ((e = sort_keys(&list)) || (e = compose(&list)))
		return e;
	memset(listed, 0, sizeof(*listed));
	listed->page = db_queue_text(cx, db, list.q.sql.data, list.q.count, list.q.params);
	if (!list.filtered)
		queue_totals(&list, db, listed);
	return SCIM_OK;
}

static const struct resource_type *type_of_row(
	const struct record_query *query, const struct rows *page, int row)
{
	size_t i = 0;

	while ((int64_t)query->sources[i].rt->kind != rows_int(page, row, COLUMN_KIND))
		i++;
	return query->sources[i].rt;
}

static int64_t total_of(const struct record_listed *listed)
{
	int64_t total = 0;
	bool kept = false;
	int kind;

	for (kind = 0; kind < KIND__MAX; kind++) {
		if (!listed->totals[kind])
			continue;
		total += rows_int(listed->totals[kind], 0, 0);
		kept = true;
	}
	return kept ? total : rows_int(listed->page, 0, COLUMN_TOTAL);
}

void record_list_read(struct ctx *cx, const struct record_query *query,
	const struct record_listed *listed, struct record_list *list)
{
	const struct rows *page = listed->page;
	int i, n = rows_count(page);

	memset(list, 0, sizeof(*list));
	list->items = arena_alloc(cx->arena, (size_t)(n + 1) * sizeof(*list->items));
	list->total = total_of(listed);
	for (i = 0; i < n && !list->cut; i++) {
		struct record_item *item = &list->items[list->count];

		if (!rows_text(page, i, 0))
			continue; /* the total came alone: no row is on this page */
		list->cut = !rows_bool(page, i, COLUMN_FITS);
		if (list->cut)
			break;
		list->count++;
		item->rt = type_of_row(query, page, i);
		item->key = rows_text(page, i, COLUMN_KEY);
		record_row(cx, item->rt, page, i, &item->record);
	}
}
