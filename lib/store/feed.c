/* SPDX-License-Identifier: MIT */
/* The feed: sequencing as queued statements, pages from rows. */
#include "store/feed.h"

#include "base/text.h"
#include "base/time.h"
#include "store/param.h"

enum {
	SCAN_MAX = 10000 /* positions that a page looks at for its types */
};

/* Of FEED_PAGE. */
enum {
	COLUMN_OLDEST,
	COLUMN_HEAD,
	COLUMN_POSITION, /* null: there is no event */
	COLUMN_TYPE, /* null: the page was too large before it */
	COLUMN_ID,
	COLUMN_AT,
	COLUMN_ORGANIZATION,
	COLUMN_DIRECTORY,
	COLUMN_RESOURCE,
	COLUMN_VERSION,
	COLUMN_REQUEST,
	COLUMN_DATA
};

void feed_enter(struct ctx *cx, struct db *db, const struct uuid *environment)
{
	const char **params = arena_alloc(cx->arena, sizeof(*params));

	params[0] = param_uuid(cx, environment);
	db_queue(cx, db, STMT_FEED_ENTER, params);
}

struct rows *feed_sequence(struct ctx *cx, struct db *db, const struct uuid *environment)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));
	struct rows *moved;

	params[0] = param_uuid(cx, environment);
	params[1] = param_int(cx, FEED_BATCH);
	db_queue(cx, db, STMT_FEED_BEGIN, NULL);
	db_queue(cx, db, STMT_FEED_LOCK, params);
	moved = db_queue(cx, db, STMT_FEED_MOVE, params);
	db_queue(cx, db, STMT_FEED_END, NULL);
	return moved;
}

bool feed_is_behind(const struct rows *rows)
{
	return rows_bool(rows, 0, 1);
}

struct rows *feed_list(struct ctx *cx, struct db *db, const struct feed_query *query)
{
	static const enum stmt_id forward[] = { STMT_FEED_LIST, STMT_FEED_LIST_ORGANIZATION,
		STMT_FEED_LIST_DIRECTORY };
	static const enum stmt_id backward[] = { STMT_FEED_LATEST, STMT_FEED_LATEST_ORGANIZATION,
		STMT_FEED_LATEST_DIRECTORY };
	const char **params = arena_alloc(cx->arena, 7 * sizeof(*params));
	const char *organization = query->organization ? param_uuid(cx, query->organization) : NULL;
	int of = query->directory ? 2 : query->organization != NULL;

	params[0] = param_uuid(cx, query->environment);
	params[1] = query->has_after ? param_int(cx, query->after) : NULL;
	params[2] = param_int(cx, query->limit + 1);
	params[3] = query->type_count ? param_array(cx, query->types, query->type_count) : NULL;
	params[4] = param_int(cx, SCAN_MAX);
	params[5] = query->directory ? param_uuid(cx, query->directory) : organization;
	params[6] = organization;
	return db_queue(cx, db, query->newest_first ? backward[of] : forward[of], params);
}

static void read_event(const struct rows *rows, int i, struct feed_event *event)
{
	memset(event, 0, sizeof(*event));
	event->position = rows_int(rows, i, COLUMN_POSITION);
	event->type = rows_text(rows, i, COLUMN_TYPE);
	event->id = rows_uuid(rows, i, COLUMN_ID);
	event->at = rows_time(rows, i, COLUMN_AT);
	event->has_organization =
		rows_find_uuid(rows, i, COLUMN_ORGANIZATION, &event->organization);
	event->has_directory = rows_find_uuid(rows, i, COLUMN_DIRECTORY, &event->directory);
	event->has_resource = rows_find_uuid(rows, i, COLUMN_RESOURCE, &event->resource);
	event->version = rows_int(rows, i, COLUMN_VERSION);
	event->has_request = rows_find_uuid(rows, i, COLUMN_REQUEST, &event->request);
	event->data = rows_text(rows, i, COLUMN_DATA);
	event->data_len = rows_len(rows, i, COLUMN_DATA);
}

/* How many rows are events of this page; *more: there is one behind them. */
static int count_events(const struct feed_query *query, const struct rows *rows, bool *more)
{
	int i, n = rows_count(rows);

	for (i = 0; i < n && rows_text(rows, i, COLUMN_TYPE); i++)
		if (i == query->limit)
			break;
	*more = i < n && rows_text(rows, i, COLUMN_POSITION);
	return i;
}

/* Where a page ends that has no further event: at the end of what was looked at. */
static int64_t end_of_scan(const struct feed_query *query, const struct feed_page *page)
{
	int64_t step = query->type_count ? SCAN_MAX : INT64_MAX / 4;
	int64_t start;

	if (query->newest_first) {
		start = query->has_after ? query->after : page->head + 1;
		return start - step > page->oldest ? start - step : page->oldest;
	}
	start = query->has_after ? query->after : page->oldest - 1;
	if (start > page->head)
		return start;
	return start + step < page->head ? start + step : page->head;
}

void feed_read(struct ctx *cx, const struct feed_query *query, const struct rows *rows,
	struct feed_page *page)
{
	int i;

	page->oldest = rows_int(rows, 0, COLUMN_OLDEST);
	page->head = rows_int(rows, 0, COLUMN_HEAD);
	page->count = count_events(query, rows, &page->more);
	page->events = arena_alloc(cx->arena, (size_t)(page->count + 1) * sizeof(*page->events));
	for (i = 0; i < page->count; i++) {
		read_event(rows, i, &page->events[i]);
		page->events[i].environment = *query->environment;
	}
	page->lost = query->has_after && !query->newest_first &&
		     (query->after + 1 < page->oldest || query->after > page->head);
	if (page->more) {
		page->next = page->events[page->count - 1].position;
		return;
	}
	page->next = end_of_scan(query, page);
	page->more = query->newest_first ? page->next > page->oldest : page->next < page->head;
}

const char *feed_event_id(struct ctx *cx)
{
	int64_t us = time_precise();
	struct uuid id;

	/* events of one version of a resource are told in the order of their ids */
	cx->event_us = us > cx->event_us ? us : cx->event_us + 1;
	id = uuid_v7(cx->event_us);
	id.byte[13] = id.byte[14] = id.byte[15] = 0;
	return param_uuid(cx, &id);
}

struct rows *feed_organization(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const char *external_id)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = id ? param_uuid(cx, id) : NULL;
	params[2] = external_id;
	return db_queue(cx, db, STMT_FEED_ORGANIZATION, params);
}

struct rows *feed_directory(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_FEED_DIRECTORY, param_scope(cx, environment, id, 2));
}

void feed_add(struct ctx *cx, struct db *db, const struct feed_event *event)
{
	const char **params = arena_alloc(cx->arena, 9 * sizeof(*params));

	params[0] = param_uuid(cx, &event->environment);
	params[1] = feed_event_id(cx);
	params[2] = param_time(cx, cx->now);
	params[3] = event->type;
	params[4] = event->has_organization ? param_uuid(cx, &event->organization) : NULL;
	params[5] = event->has_directory ? param_uuid(cx, &event->directory) : NULL;
	params[6] = event->has_resource ? param_uuid(cx, &event->resource) : NULL;
	params[7] = event->has_request ? param_uuid(cx, &event->request) : NULL;
	params[8] = event->data;
	db_queue(cx, db, STMT_FEED_ADD, params);
}
