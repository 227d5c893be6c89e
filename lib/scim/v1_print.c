/* SPDX-License-Identifier: MIT */
/*
 * Resources and lists as SCIM 1.1 has them. The stored text is walked and spliced, and what 1.1 calls
 * otherwise is put in its place; only what is answered in part goes through a tree, in project.c.
 */
#include "scim/v1.h"

#include <inttypes.h>

#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/membership.h"

/* One resource on its way out. */
struct sheet {
	struct buf *buf;
	const struct resource_type *rt;
	const struct projection *projection;
	const struct origin *origin;
	const struct stored *stored;
	const char *const *endpoints;
	bool versions;
	const char *id;
	struct json_slice
		attrs; /* the object of the attributes that are answered, by names of 2.0 */
};

static bool named(struct json_slice key, const char *name)
{
	return slice_is(key, name, strlen(name));
}

static void put_slice(struct buf *buf, struct json_slice slice)
{
	buf_put(buf, slice.text, slice.len);
}

static void put_pair(struct buf *buf, struct json_slice key, struct json_slice value)
{
	put_slice(buf, key);
	buf_putc(buf, ':');
	put_slice(buf, value);
}

static void put_quoted(struct buf *buf, const char *text, size_t len)
{
	buf_putc(buf, '"');
	buf_put(buf, text, len);
	buf_putc(buf, '"');
}

static void print_uuid(struct buf *buf, const struct uuid *id)
{
	char text[UUID_TEXT];
	uuid_print(id, text);
	put_quoted(buf, text, UUID_TEXT - 1);
}

/* It may be any text, not only the id of a user: what comes back from v1_read must be the same. */
static void print_manager_id(struct buf *buf, struct json_slice value)
{
	struct uuid id;
	buf_puts(buf, "\"" V1_MANAGER_ID "\":");
	if (id_parse(ID_USER, value.text + 1, value.len - 2, &id))
		print_uuid(buf, &id);
	else
		put_slice(buf, value);
}

/* Nothing, and false, when there is but a $ref. */
static bool print_manager(struct buf *buf, struct json_slice manager)
{
	struct cursor cursor = cursor_of(manager.text, manager.len);
	char separator = '{';
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice key = cursor_key(&cursor);
		struct json_slice value = cursor_take(&cursor);
		if (named(key, "$ref"))
			continue;
		buf_putc(buf, separator);
		separator = ',';
		if (named(key, "value"))
			print_manager_id(buf, value);
		else
			put_pair(buf, key, value);
	}
	if (separator == ',')
		buf_putc(buf, '}');
	return separator == ',';
}

/* "name":value of the enterprise extension; nothing, and false, when nothing is left of it. */
static bool print_enterprise_pair(struct buf *buf, struct json_slice key, struct json_slice value)
{
	size_t before = buf->len;
	if (!named(key, "manager")) {
		put_pair(buf, key, value);
		return true;
	}
	buf_puts(buf, "\"manager\":");
	if (print_manager(buf, value))
		return true;
	buf_cut(buf, before);
	return false;
}

/* Nothing, and false, when nothing is left of it. */
static bool print_enterprise(struct buf *buf, struct json_slice extension)
{
	struct cursor cursor = cursor_of(extension.text, extension.len);
	char separator = '{';
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice key = cursor_key(&cursor);
		struct json_slice value = cursor_take(&cursor);
		buf_putc(buf, separator);
		if (print_enterprise_pair(buf, key, value))
			separator = ',';
		else
			buf_cut(buf, buf->len - 1);
	}
	if (separator == ',')
		buf_putc(buf, '}');
	return separator == ',';
}

/* Is there a member for this one? schemas are told anew, and PingOne's extension is nobody else's. */
static bool goes_out(struct json_slice key)
{
	return !named(key, "schemas") && !named(key, URN_PINGONE);
}

/* Only URNs have colons. */
static bool is_extension(struct json_slice key)
{
	return memchr(key.text, ':', key.len);
}

/* ,"name":value of each attribute and extension. */
static void print_attributes(const struct sheet *sheet)
{
	struct buf *buf = sheet->buf;
	struct cursor cursor = cursor_of(sheet->attrs.text, sheet->attrs.len);
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice key = cursor_key(&cursor);
		struct json_slice value = cursor_take(&cursor);
		size_t before = buf->len;
		if (!goes_out(key))
			continue;
		buf_putc(buf, ',');
		if (!named(key, URN_ENTERPRISE)) {
			put_pair(buf, key, value);
			continue;
		}
		buf_puts(buf, "\"" URN_V1_ENTERPRISE "\":");
		if (!print_enterprise(buf, value))
			buf_cut(buf, before);
	}
}

/* The URNs of the extensions that print_attributes puts. */
static void print_extension_urns(const struct sheet *sheet)
{
	struct buf *buf = sheet->buf;
	struct cursor cursor = cursor_of(sheet->attrs.text, sheet->attrs.len);
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice key = cursor_key(&cursor);
		struct json_slice value = cursor_take(&cursor);
		if (!is_extension(key) || !goes_out(key))
			continue;
		size_t before = buf->len;
		if (!named(key, URN_ENTERPRISE)) {
			buf_putc(buf, ',');
			put_slice(buf, key);
			continue;
		}
		bool any = print_enterprise(buf, value);
		buf_cut(buf, before);
		if (any)
			buf_puts(buf, ",\"" URN_V1_ENTERPRISE "\"");
	}
}

/* A user without the attribute is active. */
static bool is_active(const struct stored *stored)
{
	struct cursor cursor = cursor_of(stored->doc, stored->doc_len);
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		bool found = named(cursor_key(&cursor), "active");
		struct json_slice value = cursor_take(&cursor);
		if (found)
			return value.text[0] == 't';
	}
	return true;
}

static void print_created_stamp(const struct sheet *sheet)
{
	buf_printf(sheet->buf, "%" PRId64, sheet->stored->created / MS_US);
}

static void print_account(const struct sheet *sheet)
{
	print_uuid(sheet->buf, &sheet->origin->account);
}

static void print_modified_stamp(const struct sheet *sheet)
{
	buf_printf(sheet->buf, "%" PRId64, sheet->stored->modified / MS_US);
}

static void print_directory(const struct sheet *sheet)
{
	print_uuid(sheet->buf, &sheet->origin->directory);
}

static void print_state(const struct sheet *sheet)
{
	buf_puts(sheet->buf, is_active(sheet->stored) ? "\"ACTIVE\"" : "\"DISABLED\"");
}

/* What there is of v1_pingone, in PingOne's order. */
static const struct stamp {
	const char *name;
	void (*print)(const struct sheet *sheet);
} stamps[] = {
	{ "createTimeStamp", print_created_stamp },
	{ "accountId", print_account },
	{ "lastModifiedTimeStamp", print_modified_stamp },
	{ "directoryId", print_directory },
	{ "state", print_state },
};

enum {
	STAMPS = sizeof(stamps) / sizeof(stamps[0])
};

static bool wants_stamp(const struct sheet *sheet, const struct stamp *stamp)
{
	const struct attr *attr = attr_find(v1_pingone.attrs, stamp->name, strlen(stamp->name));
	return v1_has(sheet->rt, attr) &&
	       projection_wants(sheet->projection, &v1_pingone, attr, NULL);
}

/* "schemas":[...], and PingOne's extension behind it. */
static void print_head(const struct sheet *sheet)
{
	struct buf *buf = sheet->buf;
	bool wanted[STAMPS];
	bool any = false;
	for (int i = 0; i < STAMPS; i++) {
		wanted[i] = wants_stamp(sheet, &stamps[i]);
		any = any || wanted[i];
	}
	buf_puts(buf, ",\"schemas\":[\"" URN_V1_CORE "\"");
	print_extension_urns(sheet);
	buf_puts(buf, any ? ",\"" URN_PINGONE "\"],\"" URN_PINGONE "\":" : "]");
	char separator = '{';
	for (int i = 0; i < STAMPS; i++) {
		if (!wanted[i])
			continue;
		buf_putc(buf, separator);
		put_quoted(buf, stamps[i].name, strlen(stamps[i].name));
		buf_putc(buf, ':');
		stamps[i].print(sheet);
		separator = ',';
	}
	if (any)
		buf_putc(buf, '}');
}

/* PingOne's clients parse a numeric offset. */
static void print_time(struct buf *buf, int64_t us)
{
	char text[TIME_TEXT];
	time_print(us, text);
	buf_putc(buf, '"');
	buf_put(buf, text, strlen(text) - 1);
	buf_puts(buf, "+00:00\"");
}

static void print_meta_part(const struct sheet *sheet, enum attr_place place)
{
	struct buf *buf = sheet->buf;
	if (place == AS_CREATED)
		print_time(buf, sheet->stored->created);
	else if (place == AS_MODIFIED)
		print_time(buf, sheet->stored->modified);
	else if (place == AS_VERSION)
		buf_printf(buf, "\"W/\\\"%" PRId64 "\\\"\"", sheet->stored->version);
	else
		buf_jsons(buf, arena_printf(buf->arena, "%s%s/%s", sheet->origin->base,
				       sheet->endpoints[sheet->rt->kind], sheet->id));
}

/* ,"meta":{...} as far as it is wanted. */
static void print_meta(const struct sheet *sheet)
{
	const struct attr *meta = attr_find(common_attrs, "meta", strlen("meta"));
	bool any = false;
	for (const struct attr *sub = meta->subs; sub->name; sub++) {
		if (!v1_has(sheet->rt, sub) || (sub->place == AS_VERSION && !sheet->versions) ||
			!projection_wants(sheet->projection, NULL, meta, sub))
			continue;
		buf_puts(sheet->buf, any ? "," : ",\"meta\":{");
		put_quoted(sheet->buf, sub->name, strlen(sub->name));
		buf_putc(sheet->buf, ':');
		print_meta_part(sheet, sub->place);
		any = true;
	}
	if (any)
		buf_putc(sheet->buf, '}');
}

static void print_membership(
	struct buf *buf, const struct membership_look *look, const struct membership *line)
{
	const bool *parts = look->parts;
	char separator = '{';
	if (parts[PART_VALUE]) {
		buf_puts(buf, "{\"value\":");
		print_uuid(buf, &line->id);
		separator = ',';
	}
	if (parts[PART_TYPE]) {
		buf_putc(buf, separator);
		buf_puts(buf, line->word[0] == 'U' ? "\"type\":\"user\"" : "\"type\":\"group\"");
		separator = ',';
	}
	if (parts[PART_DISPLAY]) {
		buf_putc(buf, separator);
		buf_puts(buf, "\"display\":");
		buf_put(buf, line->name, line->name_len);
	}
	buf_putc(buf, '}');
}

/* ,"groups":[...] or ,"members":[...] as far as they are wanted; nothing when there are none. */
static void print_memberships(const struct sheet *sheet)
{
	const struct stored *stored = sheet->stored;
	const struct attr *attr = membership_attr(sheet->rt);
	struct membership_look look = { .print = print_membership };
	bool any = false;
	if (!stored->memberships || stored->memberships_len == 0)
		return;
	for (const struct attr *sub = attr->subs; sub->name; sub++) {
		bool wanted = v1_has(sheet->rt, sub) &&
			      projection_wants(sheet->projection, NULL, attr, sub);
		look.parts[membership_part(sub)] = wanted;
		any = any || wanted;
	}
	if (!any)
		return;
	buf_putc(sheet->buf, ',');
	put_quoted(sheet->buf, attr->name, strlen(attr->name));
	buf_putc(sheet->buf, ':');
	memberships_print(sheet->buf, &look, stored->memberships, stored->memberships_len);
}

static void print_sheet(const struct sheet *sheet)
{
	buf_puts(sheet->buf, "{\"id\":");
	buf_jsons(sheet->buf, sheet->id);
	print_head(sheet);
	print_attributes(sheet);
	print_meta(sheet);
	print_memberships(sheet);
	buf_putc(sheet->buf, '}');
}

static void print(struct sheet *sheet)
{
	const struct stored *stored = sheet->stored;
	sheet->id = v1_id_out(sheet->buf->arena, stored->id, strlen(stored->id));
	if (projection_is_whole(sheet->projection, sheet->rt)) {
		sheet->attrs = (struct json_slice){ .text = stored->doc, .len = stored->doc_len };
		print_sheet(sheet);
		return;
	}
	struct arena *scratch = arena_new();
	struct buf wanted;
	buf_init(&wanted, scratch, stored->doc_len);
	attributes_print_wanted(&wanted, sheet->rt, sheet->projection, stored);
	sheet->attrs = (struct json_slice){ .text = wanted.data, .len = wanted.len };
	print_sheet(sheet);
	arena_free(scratch);
}

void v1_print(struct buf *buf, const struct resource_type *rt, const struct projection *projection,
	const struct origin *origin, const struct stored *stored)
{
	print(&(struct sheet){
		.buf = buf,
		.rt = rt,
		.projection = projection,
		.origin = origin,
		.stored = stored,
		.endpoints = scim_1.endpoints,
		.versions = true,
	});
}

void v1_print_pingone(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct origin *origin,
	const struct stored *stored)
{
	print(&(struct sheet){
		.buf = buf,
		.rt = rt,
		.projection = projection,
		.origin = origin,
		.stored = stored,
		.endpoints = pingone.endpoints,
	});
}

/* As far as the numbers that both faces have. */
static void open_list(struct buf *buf, const struct list_frame *frame)
{
	buf_printf(buf,
		"{\"schemas\":[\"%s\"],\"totalResults\":%" PRId64 ",\"itemsPerPage\":%" PRId64
		",\"startIndex\":%" PRId64,
		URN_V1_CORE, frame->total, frame->items, frame->start_index);
}

void v1_list_open(struct buf *buf, struct list_frame *frame)
{
	open_list(buf, frame);
	buf_puts(buf, ",\"Resources\":[");
}

void v1_list_close(struct buf *buf, const struct list_frame *frame)
{
	(void)frame;
	buf_puts(buf, "]}");
}

void v1_list_open_pingone(struct buf *buf, struct list_frame *frame)
{
	open_list(buf, frame);
	buf_printf(buf, ",\"count\":%" PRId64 ",\"Resources\":[", frame->items);
	frame->open = buf->len;
}

void v1_list_close_pingone(struct buf *buf, const struct list_frame *frame)
{
	size_t len = buf->len - frame->open;
	buf_puts(buf, "],\"resources\":[");
	buf_reserve(buf, len + 2); /* data must stay where it is while it is copied */
	buf_put(buf, buf->data + frame->open, len);
	buf_puts(buf, "]}");
}

void v1_error(struct buf *buf, enum scim_err e, const char *detail)
{
	const struct err_row *row = err_row(e);
	buf_puts(buf, "{\"Errors\":[{\"description\":");
	buf_jsons(buf, detail ? detail : row->text);
	buf_printf(buf, ",\"code\":\"%d\"}]}", row->status);
}
