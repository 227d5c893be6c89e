/* SPDX-License-Identifier: MIT */
/* Lists of users: RFC 7644 section 3.4.2, cursors of RFC 9865. */
#include <inttypes.h>

#include "base/text.h"
#include "scim/message.h"
#include "store/user.h"
#include "web/handlers.h"
#include "web/seal.h"

enum {
	SECOND_US = 1000000
};

/* What the client asked for, read once. */
struct list {
	const char *filter_text;
	const char *sort_text;
	const char *order_text;
	const char *cursor_text; /* NULL: index paging */
	const struct filter *filter;
	struct path sort;
	bool sorted;
	bool descending;
	int64_t start_index; /* from 1 */
	int64_t count;
	bool counted; /* the client said */
	struct projection projection;
	int64_t cursor_issued; /* seconds since 1970 */
	int64_t cursor_count;
	struct position after; /* when the cursor holds one */
	bool has_after;
};

static enum scim_err read_order(struct call *call, struct list *list)
{
	struct ctx *cx = call->cx;
	enum scim_err e;

	if ((e = call_parameter(call, "sortBy", SCIM_INVALID_VALUE, &list->sort_text)) ||
		(e = call_parameter(call, "sortOrder", SCIM_INVALID_VALUE, &list->order_text)))
		return e;
	list->sorted = list->sort_text && *list->sort_text;
	if (list->sorted && !path_resolve(cx, &user_type, list->sort_text, strlen(list->sort_text),
				    &list->sort))
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "sortBy names no attribute: '%s'", list->sort_text);
	list->descending = list->order_text && text_ieq(list->order_text, "descending");
	if (list->order_text && *list->order_text && !list->descending &&
		!text_ieq(list->order_text, "ascending"))
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "sortOrder is neither ascending nor descending");
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
		(e = call_parameter(call, "cursor", SCIM_INVALID_CURSOR, &list->cursor_text)))
		return e;
	list->start_index = clamp(list->start_index, 1, INT64_MAX / 2);
	list->count = clamp(list->count, 0, call->cx->limits->count);
	list->counted = count != NULL;
	return SCIM_OK;
}

static enum scim_err read_filter(struct call *call, struct list *list)
{
	const char *wanted, *excluded;
	enum scim_err e;

	if ((e = call_parameter(call, "attributes", SCIM_INVALID_VALUE, &wanted)) ||
		(e = call_parameter(call, "excludedAttributes", SCIM_INVALID_VALUE, &excluded)) ||
		(e = projection_parse(call->cx, &user_type, wanted, excluded, &list->projection)) ||
		(e = call_parameter(call, "filter", SCIM_INVALID_FILTER, &list->filter_text)))
		return e;
	if (!list->filter_text || !*list->filter_text)
		return SCIM_OK;
	return filter_parse(
		call->cx, &user_type, list->filter_text, strlen(list->filter_text), &list->filter);
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
	return arena_printf(call->cx->arena, "users\n%s\n%s\n%d",
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
	struct call *call, const struct list *list, const struct user_list *users, int64_t items)
{
	struct ctx *cx = call->cx;
	const char *key = users->keys[items - 1];
	char id[UUID_TEXT];
	const char *data;

	uuid_print(&users->rows[items - 1].id, id);
	data = arena_printf(cx->arena, "%" PRId64 " %" PRId64 " %s %s%s", cx->now / SECOND_US,
		list->count, id, key ? "=" : "-", key ? key : "");
	return seal_make(
		cx->arena, &call->tenant.mac_key, cursor_context(call, list), data, strlen(data));
}

static void answer_list(struct call *call, const struct list *list, const struct user_list *users)
{
	struct buf *body = &call->rs->body;
	struct list_frame frame = { .total = users->total };
	int64_t i;

	frame.items = users->count < list->count ? users->count : list->count;
	if (!list->cursor_text)
		frame.start_index = list->start_index;
	else if (frame.items > 0 && users->count > frame.items)
		frame.next_cursor = print_cursor(call, list, users, frame.items);
	message_list_open(body, &frame);
	for (i = 0; i < frame.items; i++) {
		if (i)
			buf_putc(body, ',');
		resource_print(
			body, &user_type, &list->projection, call->base, &users->rows[i].stored);
	}
	message_list_close(body);
}

enum scim_err on_user_list(struct call *call)
{
	struct where where = { .rt = &user_type, .base = call->base, .kind = ID_USER };
	struct user_query query = { .where = &where, .directory = &call->tenant.directory };
	struct reqlog log = { .outcome.status = HTTP_OK };
	struct list list = { 0 };
	struct user_list users;
	struct rows *page, *total;
	enum scim_err e;

	if ((e = read_filter(call, &list)) || (e = read_order(call, &list)) ||
		(e = read_page(call, &list)) || (e = read_cursor(call, &list)))
		return e;
	query.filter = list.filter;
	query.sort = list.sorted ? &list.sort : NULL;
	query.descending = list.descending;
	query.after = list.has_after ? &list.after : NULL;
	query.offset = list.cursor_text ? 0 : list.start_index - 1;
	/* one more than wanted tells whether a cursor page is the last */
	query.limit = list.count + (list.cursor_text && list.count > 0);
	if ((e = user_list_queue(call->cx, call->db, &query, &page, &total)))
		return e;
	call_log(call, &log);
	e = db_run(call->cx, call->db);
	if ((e = check_cursor(call, &list, e))) {
		call->logged = false; /* as a success, by the same trip */
		return e;
	}
	user_list_read(call->cx, page, total, &users);
	answer_list(call, &list, &users);
	return SCIM_OK;
}
