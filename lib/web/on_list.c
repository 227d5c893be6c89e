/* SPDX-License-Identifier: MIT */
/*
 * Lists: RFC 7644 section 3.4.2, and 3.4.3 where the query comes in a body; cursors of RFC 9865. Of
 * users, of groups, or at the root of both.
 */
#include <inttypes.h>

#include "base/text.h"
#include "scim/message.h"
#include "scim/search.h"
#include "store/record.h"
#include "web/handlers.h"
#include "web/seal.h"

enum {
	SECOND_US = 1000000
};

/* What is asked of one type. */
struct part {
	struct projection projection;
	struct path sort;
};

/* What the client asked for, read once. */
struct list {
	const struct resource_type *types[KIND__MAX + 1]; /* NULL-terminated */
	size_t count_types;
	struct part parts[KIND__MAX];
	struct record_source sources[KIND__MAX];
	const char *filter_text;
	const char *sort_text;
	const char *order_text;
	const char *cursor_text; /* NULL: index paging */
	bool sorted;
	bool descending;
	int64_t start_index; /* from 1 */
	int64_t count;
	bool counted; /* the client said */
	int64_t cursor_issued; /* seconds since 1970 */
	int64_t cursor_count;
	struct position after; /* when the cursor holds one */
	bool has_after;
};

static void list_init(struct call *call, struct list *list)
{
	size_t i;

	*list = (struct list){ .count_types = call->rt ? 1 : KIND__MAX };
	for (i = 0; i < list->count_types; i++) {
		list->types[i] = call->rt ? call->rt : &call->tenant.types[i];
		list->sources[i].rt = list->types[i];
	}
}

/* An attribute that only one of the types has is no value of the other. */
static enum scim_err resolve_sort(struct call *call, struct list *list)
{
	size_t len = strlen(list->sort_text);
	size_t i, found = 0;

	for (i = 0; i < list->count_types; i++) {
		if (!call->dialect->path(
			    call->cx, list->types[i], list->sort_text, len, &list->parts[i].sort))
			continue;
		list->sources[i].sort = &list->parts[i].sort;
		found++;
	}
	return found ? SCIM_OK
		     : ctx_fail(call->cx, SCIM_INVALID_VALUE, "sortBy names no attribute: '%s'",
			       list->sort_text);
}

static enum scim_err read_order(struct call *call, struct list *list)
{
	struct ctx *cx = call->cx;
	enum scim_err e;

	if ((e = call_parameter(call, "sortBy", SCIM_INVALID_VALUE, &list->sort_text)) ||
		(e = call_parameter(call, "sortOrder", SCIM_INVALID_VALUE, &list->order_text)))
		return e;
	list->sorted = list->sort_text && *list->sort_text;
	if (list->sorted && (e = resolve_sort(call, list)))
		return e;
	list->descending = list->order_text && text_ieq(list->order_text, "descending");
	if (list->order_text && *list->order_text && !list->descending &&
		!text_ieq(list->order_text, "ascending"))
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "sortOrder is neither ascending nor descending");
	if (list->parts[0].sort.reversed)
		list->descending = !list->descending;
	return SCIM_OK;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

/* Out of range is clamped, never refused (RFC 7644 section 3.4.2.4). */
static enum scim_err read_page(struct call *call, struct list *list)
{
	const char *count;
	enum scim_err e;

	list->start_index = 1;
	list->count = call->cx->limits->default_count;
	if ((e = call_parameter_int(call, "startIndex", &list->start_index)) ||
		(e = call_parameter(call, "count", SCIM_INVALID_VALUE, &count)) ||
		(e = call_parameter_int(call, "count", &list->count)) ||
		(call->dialect->cursors && (e = call_parameter(call, "cursor", SCIM_INVALID_CURSOR,
						    &list->cursor_text))))
		return e;
	list->start_index = clamp(list->start_index, 1, INT64_MAX / 2);
	list->count = clamp(list->count, 0, call->cx->limits->count);
	list->counted = count != NULL;
	return SCIM_OK;
}

static enum scim_err read_projection(struct call *call, struct list *list)
{
	const char *wanted, *excluded;
	enum scim_err e;
	size_t i;

	if ((e = call_parameter(call, "attributes", SCIM_INVALID_VALUE, &wanted)) ||
		(e = call_parameter(call, "excludedAttributes", SCIM_INVALID_VALUE, &excluded)))
		return e;
	for (i = 0; i < list->count_types; i++) {
		struct projection *projection = &list->parts[i].projection;

		if ((e = call->dialect->projection(
			     call->cx, list->types[i], wanted, excluded, projection)))
			return e;
		list->sources[i].memberships =
			projection_wants_memberships(projection, list->types[i]);
	}
	return SCIM_OK;
}

static enum scim_err read_filter(struct call *call, struct list *list)
{
	const struct filter *trees[KIND__MAX] = { NULL };
	const char **text = &list->filter_text;
	enum scim_err e;
	size_t i;

	if ((e = call_parameter(call, "filter", SCIM_INVALID_FILTER, text)))
		return e;
	if (!*text || !**text)
		return SCIM_OK;
	if (list->count_types == 1)
		e = call->dialect->filter(
			call->cx, list->types[0], call_origin(call), *text, trees);
	else
		e = filter_parse_any(call->cx, list->types, *text, strlen(*text), trees);
	for (i = 0; i < list->count_types; i++)
		list->sources[i].filter = trees[i];
	return e;
}

/* "issued count uuid =key" or "issued count uuid -"; see print_cursor. */
static bool parse_position(struct list *list, const char *data, size_t len)
{
	const char *rest;
	char *end;

	if (!utf8_valid(data, len) || strlen(data) != len)
		return false;
	list->cursor_issued = strtoll(data, &end, 10);
	list->cursor_count = strtoll(end, &end, 10);
	rest = end + UUID_TEXT;
	if (*end != ' ' || (size_t)(data + len - end) < UUID_TEXT + 2 || *rest != ' ' ||
		!uuid_parse(end + 1, UUID_TEXT - 1, &list->after.id))
		return false;
	list->after.key = rest[1] == '=' ? rest + 2 : NULL;
	return rest[1] == '=' || strcmp(rest + 1, "-") == 0;
}

static enum scim_err read_cursor(struct call *call, struct list *list)
{
	const char *data;
	size_t len;

	if (!list->cursor_text || !*list->cursor_text)
		return SCIM_OK;
	data = seal_open(call->cx->arena, list->cursor_text, &len);
	if (!data || !parse_position(list, data, len))
		return ctx_fail(call->cx, SCIM_INVALID_CURSOR, NULL);
	list->has_after = true;
	if (!list->counted)
		list->count = clamp(list->cursor_count, 0, call->cx->limits->count);
	return SCIM_OK;
}

/* What a cursor is bound to: all that decides which rows come in which order. */
static const char *cursor_context(struct call *call, const struct list *list)
{
	return arena_printf(call->cx->arena, "%s\n%s\n%s\n%d", call->rt ? call->rt->endpoint : "/",
		list->filter_text ? list->filter_text : "", list->sorted ? list->sort_text : "",
		list->descending);
}

/* RFC 9865 section 2.3; the key of the seal came with the token, in the trip before. */
static enum scim_err check_cursor(struct call *call, const struct list *list, enum scim_err e)
{
	struct ctx *cx = call->cx;
	const struct tenant *tenant = &call->tenant;

	if (!list->has_after || !tenant->entered)
		return e;
	if (!seal_check(
		    cx->arena, &tenant->mac_key, cursor_context(call, list), list->cursor_text)) {
		ctx_clear(cx); /* whatever a forged position led to */
		return ctx_fail(cx, SCIM_INVALID_CURSOR, NULL);
	}
	if (e)
		return e;
	if (list->cursor_issued + cx->limits->cursor_seconds < cx->now / SECOND_US)
		return ctx_fail(cx, SCIM_EXPIRED_CURSOR, NULL);
	if (list->cursor_count != list->count)
		return ctx_fail(cx, SCIM_INVALID_COUNT, NULL);
	return SCIM_OK;
}

static const char *print_cursor(
	struct call *call, const struct list *list, const struct record_item *last)
{
	struct ctx *cx = call->cx;
	char id[UUID_TEXT];
	const char *data;

	uuid_print(&last->record.id, id);
	data = arena_printf(cx->arena, "%" PRId64 " %" PRId64 " %s %s%s", cx->now / SECOND_US,
		list->count, id, last->key ? "=" : "-", last->key ? last->key : "");
	return seal_make(
		cx->arena, &call->tenant.mac_key, cursor_context(call, list), data, strlen(data));
}

static const struct projection *projection_for(
	const struct list *list, const struct resource_type *rt)
{
	size_t i = 0;

	while (list->types[i] != rt)
		i++;
	return &list->parts[i].projection;
}

static void answer_list(
	struct call *call, const struct list *list, const struct record_list *records)
{
	struct buf *body = &call->rs->body;
	struct list_frame frame = { .total = records->total };
	bool more = records->cut || records->count > list->count;
	int64_t i;

	frame.items = records->count < list->count ? records->count : list->count;
	if (!list->cursor_text)
		frame.start_index = list->start_index;
	else if (frame.items > 0 && more)
		frame.next_cursor = print_cursor(call, list, &records->items[frame.items - 1]);
	call->dialect->list_open(body, &frame);
	for (i = 0; i < frame.items; i++) {
		const struct record_item *item = &records->items[i];

		if (i)
			buf_putc(body, ',');
		call->dialect->print(body, item->rt, projection_for(list, item->rt),
			call_origin(call), &item->record.stored);
	}
	call->dialect->list_close(body, &frame);
}

static enum scim_err read_query(struct call *call, struct list *list)
{
	enum scim_err e;

	list_init(call, list);
	if ((e = read_projection(call, list)) || (e = read_filter(call, list)) ||
		(e = read_order(call, list)) || (e = read_page(call, list)))
		return e;
	return read_cursor(call, list);
}

enum scim_err on_list(struct call *call)
{
	struct record_query query = { .directory = &call->tenant.directory,
		.base = call->origin.base };
	struct reqlog log = { .outcome.status = HTTP_OK };
	struct record_listed listed;
	struct record_list records;
	struct list list;
	enum scim_err e;

	if ((e = read_query(call, &list)))
		return e;
	query.sources = list.sources;
	query.source_count = list.count_types;
	query.sorted = list.sorted;
	query.descending = list.descending;
	query.after = list.has_after ? &list.after : NULL;
	query.offset = list.cursor_text ? 0 : list.start_index - 1;
	/* one more than wanted tells whether a cursor page is the last */
	query.limit = list.count + (list.cursor_text && list.count > 0);
	if ((e = record_list_queue(call->cx, call->db, &query, &listed)))
		return e;
	call_log(call, &log);
	e = db_run(call->cx, call->db);
	if ((e = check_cursor(call, &list, e))) {
		call->logged = false; /* as a success, by the same trip */
		return e;
	}
	record_list_read(call->cx, &query, &listed, &records);
	answer_list(call, &list, &records);
	return SCIM_OK;
}

enum scim_err on_search(struct call *call)
{
	struct json_object *body;
	enum scim_err e;

	call->searches = true;
	if ((e = call_json(call, &body)) ||
		(e = search_parse(call->cx, body, &call->parameters, &call->parameter_count)))
		return e;
	return on_list(call);
}
