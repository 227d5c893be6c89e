/* SPDX-License-Identifier: MIT */
/* The request log of a directory, by what somebody on call knows of a request. */
#include "store/log_list.h"

#include "base/text.h"
#include "store/param.h"
#include "store/stmt_log.h"
#include "store/where.h"

enum {
	COLUMN_ID,
	COLUMN_AT,
	COLUMN_METHOD,
	COLUMN_URL,
	COLUMN_STATUS,
	COLUMN_DETAIL,
	COLUMN_QUIRKS,
	COLUMN_RESOURCE,
	COLUMN_ADDRESS,
	COLUMN_AGENT,
	COLUMN_PROVIDER,
	COLUMN_CLIENT,
	COLUMN_DURATION,
	COLUMN_REQUEST,
	COLUMN_RESPONSE
};

/* " AND left $n::type right" */
static void term(
	struct query *q, const char *left, const char *value, const char *type, const char *right)
{
	buf_printf(&q->sql, " AND %s", left);
	query_param(q, value, type);
	buf_puts(&q->sql, right);
}

static void term_id(struct query *q, const char *left, const struct uuid *id)
{
	if (id)
		term(q, left, param_uuid(q->cx, id), "uuid", "");
}

static void term_text(struct query *q, const char *left, const char *text, const char *right)
{
	if (text)
		term(q, left, text, "text", right);
}

static void put_terms(struct query *q, const struct log_query *query)
{
	static const char *const places[] = { "l.url", "l.detail", "l.request_body",
		"l.response_body", NULL };
	int i;

	term_id(q, query->oldest ? "l.id > " : "l.id < ", query->after);
	term_id(q, "l.id >= ", query->from);
	term_id(q, "l.id < ", query->before);
	if (query->status_from)
		term(q, "l.status >= ", param_int(q->cx, query->status_from), "smallint", "");
	if (query->status_before)
		term(q, "l.status < ", param_int(q->cx, query->status_before), "smallint", "");
	term_text(q, "l.method = ", query->method, "");
	term_text(q, "l.provider = ", query->provider, "");
	term_text(q, "", query->quirk, " = ANY (l.quirks)");
	if (query->resource) { /* what created it has it not in its URL */
		term_id(q, "(l.method = 'POST' AND l.resource_id = ", query->resource);
		buf_puts(&q->sql, " OR strpos(l.url, ");
		query_param(q, query->resource_text, "text");
		buf_puts(&q->sql, ") > 0 OR strpos(l.url, "); /* as SCIM 1.1 spells it */
		query_param(q, param_uuid(q->cx, query->resource), "text");
		buf_puts(&q->sql, ") > 0)");
	}
	if (!query->text)
		return;
	term_text(q, "(strpos(l.url, ", query->url_text, ") > 0");
	for (i = 0; places[i]; i++) {
		buf_printf(&q->sql, " OR strpos(%s, ", places[i]);
		query_param(q, query->text, "text");
		buf_puts(&q->sql, ") > 0");
	}
	buf_putc(&q->sql, ')');
}

struct rows *log_list(struct ctx *cx, struct db *db, const struct log_query *query)
{
	struct query q;

	query_init(&q, cx, query->directory);
	buf_puts(&q.sql, "SELECT " LOG_COLUMNS " FROM request_log l"
			 " WHERE l.directory_id = $1::uuid");
	put_terms(&q, query);
	buf_printf(&q.sql, " ORDER BY l.id%s LIMIT ", query->oldest ? "" : " DESC");
	query_param(&q, param_int(cx, query->limit), "bigint");
	return db_queue_text(cx, db, q.sql.data, q.count, q.params);
}

struct rows *log_get(
	struct ctx *cx, struct db *db, const struct uuid *directory, const struct uuid *id)
{
	return db_queue(cx, db, STMT_LOG_BY_ID, param_scope(cx, directory, id, 2));
}

void log_read(const struct rows *rows, int i, struct log_entry *entry)
{
	bool whole = rows_columns(rows) > COLUMN_RESPONSE;

	*entry = (struct log_entry){
		.id = rows_uuid(rows, i, COLUMN_ID),
		.at = rows_time(rows, i, COLUMN_AT),
		.method = rows_text(rows, i, COLUMN_METHOD),
		.url = rows_text(rows, i, COLUMN_URL),
		.status = (int)rows_int(rows, i, COLUMN_STATUS),
		.detail = rows_text(rows, i, COLUMN_DETAIL),
		.quirks = rows_text(rows, i, COLUMN_QUIRKS),
		.remote_address = rows_text(rows, i, COLUMN_ADDRESS),
		.user_agent = rows_text(rows, i, COLUMN_AGENT),
		.provider = rows_text(rows, i, COLUMN_PROVIDER),
		.duration_us = rows_text(rows, i, COLUMN_DURATION)
				       ? rows_int(rows, i, COLUMN_DURATION)
				       : -1,
		.request_body = whole ? rows_text(rows, i, COLUMN_REQUEST) : NULL,
		.response_body = whole ? rows_text(rows, i, COLUMN_RESPONSE) : NULL,
	};
	entry->has_resource = rows_find_uuid(rows, i, COLUMN_RESOURCE, &entry->resource);
	entry->has_client = rows_find_uuid(rows, i, COLUMN_CLIENT, &entry->client);
}

struct rows *failures_list(
	struct ctx *cx, struct db *db, const struct uuid *directory, int64_t since, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));

	params[0] = param_uuid(cx, directory);
	params[1] = param_time(cx, since);
	params[2] = param_int(cx, limit);
	return db_queue(cx, db, STMT_FAILURES, params);
}

void failures_read(const struct rows *rows, int i, struct failures *failures)
{
	failures->hour = rows_time(rows, i, 0);
	failures->count = rows_int(rows, i, 1);
	failures->last = rows_time(rows, i, 2);
}
