/* SPDX-License-Identifier: MIT */
/* Reading and writing the management face's JSON. */
#include "web/manage.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "web/seal.h"

enum {
	NAME_MAX_BYTES = 64
};

enum scim_err manage_body(struct call *call, struct json_object **body)
{
	enum scim_err e;

	if ((e = call_received(call)))
		return e;
	if (call->body_len > 0)
		return call_json(call, body);
	*body = json_root_object(call->cx->arena);
	return SCIM_OK;
}

/* displayName to display_name. */
static const char *snake_case(const char *name, char *out)
{
	size_t n = 0;

	for (; *name && n + 2 < NAME_MAX_BYTES; name++) {
		if (*name >= 'A' && *name <= 'Z')
			out[n++] = '_';
		out[n++] = (char)(*name >= 'A' && *name <= 'Z' ? *name + ('a' - 'A') : *name);
	}
	out[n] = '\0';
	return out;
}

static struct json_object *member(struct json_object *body, const char *name)
{
	struct json_object *value = json_get(body, name);
	char snake[NAME_MAX_BYTES];

	return value ? value : json_get(body, snake_case(name, snake));
}

static enum scim_err wrong_type(struct call *call, const char *name, const char *type)
{
	return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'%s' must be %s", name, type);
}

enum scim_err manage_string(struct call *call, struct json_object *body, const char *name,
	bool *has, const char **value)
{
	struct json_object *found = member(body, name);

	*has = found != NULL;
	if (!found)
		return SCIM_OK;
	if (!json_object_is_type(found, json_type_string))
		return wrong_type(call, name, "a string");
	*value = json_object_get_string(found);
	if ((int64_t)strlen(*value) > call->cx->limits->unique_bytes)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'%s' is longer than %lld bytes",
			name, (long long)call->cx->limits->unique_bytes);
	return SCIM_OK;
}

enum scim_err manage_bool(
	struct call *call, struct json_object *body, const char *name, enum change *value)
{
	struct json_object *found = member(body, name);

	*value = CHANGE_NONE;
	if (!found)
		return SCIM_OK;
	if (!json_object_is_type(found, json_type_boolean))
		return wrong_type(call, name, "true or false");
	*value = json_object_get_boolean(found) ? CHANGE_TRUE : CHANGE_FALSE;
	return SCIM_OK;
}

enum scim_err manage_int(
	struct call *call, struct json_object *body, const char *name, int64_t *value)
{
	struct json_object *found = member(body, name);

	if (!found)
		return SCIM_OK;
	if (!json_object_is_type(found, json_type_int))
		return wrong_type(call, name, "an integer");
	*value = json_object_get_int64(found);
	return SCIM_OK;
}

enum scim_err manage_array(
	struct call *call, struct json_object *body, const char *name, struct json_object **value)
{
	*value = member(body, name);
	if (*value && !json_object_is_type(*value, json_type_array))
		return wrong_type(call, name, "an array");
	return SCIM_OK;
}

enum scim_err manage_parameter(struct call *call, const char *name, const char **value)
{
	char snake[NAME_MAX_BYTES];
	const char *other = NULL;
	enum scim_err e;

	if ((e = call_parameter(call, name, SCIM_INVALID_VALUE, value)) ||
		strcmp(snake_case(name, snake), name) == 0 ||
		(e = call_parameter(call, snake, SCIM_INVALID_VALUE, &other)))
		return e;
	if (*value && other)
		return ctx_fail(
			call->cx, SCIM_INVALID_VALUE, "parameter '%s' is given twice", name);
	*value = *value ? *value : other;
	return SCIM_OK;
}

static bool is_known(const struct field *fields, const char *name)
{
	char snake[NAME_MAX_BYTES];

	for (; fields && fields->name; fields++)
		if (text_ieq(fields->name, name) || text_ieq(snake_case(fields->name, snake), name))
			return true;
	return false;
}

enum scim_err manage_parameters(struct call *call, const struct field *fields)
{
	int i;

	for (i = 0; i < call->parameter_count; i++)
		if (!is_known(fields, call->parameters[i].name))
			return ctx_fail(call->cx, SCIM_INVALID_VALUE, "unknown parameter '%s'",
				call->parameters[i].name);
	return SCIM_OK;
}

enum scim_err manage_time(struct call *call, const char *name, const int64_t **value)
{
	int64_t *us = arena_alloc(call->cx->arena, sizeof(*us));
	const char *text;
	enum scim_err e;

	*value = NULL;
	if ((e = manage_parameter(call, name, &text)) || !text || !*text)
		return e;
	if (!time_parse(text, strlen(text), us))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"%s is not a time like 2026-01-31T12:00:00Z", name);
	*value = us;
	return SCIM_OK;
}

static enum scim_err page_size(struct call *call, int64_t *size)
{
	long long number = PAGE_DEFAULT;
	const char *text;
	enum scim_err e;

	if ((e = manage_parameter(call, "pageSize", &text)))
		return e;
	if (text && *text && !text_int(text, strlen(text), &number))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "pageSize is not an integer");
	if (number < 1 || number > PAGE_MAX)
		return ctx_fail(
			call->cx, SCIM_INVALID_VALUE, "pageSize is not between 1 and %d", PAGE_MAX);
	*size = number;
	return SCIM_OK;
}

static enum scim_err bad_token(struct call *call)
{
	return ctx_fail(call->cx, SCIM_INVALID_VALUE, "invalid pagination token");
}

enum scim_err manage_page(struct call *call, const char *context, struct page *page)
{
	const char *data;
	size_t len;
	enum scim_err e;

	memset(page, 0, sizeof(*page));
	page->context = context;
	if ((e = page_size(call, &page->size)) ||
		(e = manage_parameter(call, "pageToken", &page->token)))
		return e;
	if (!page->token || !*page->token) {
		page->token = NULL;
		return SCIM_OK;
	}
	data = seal_open(call->cx->arena, page->token, &len);
	if (!data || !uuid_parse(data, len, &page->after))
		return bad_token(call);
	return SCIM_OK;
}

enum scim_err manage_page_check(struct call *call, const struct page *page, enum scim_err e)
{
	const struct key_holder *holder = &call->holder;

	if (e || !page->token)
		return e;
	if (!seal_check(call->cx->arena, &holder->mac_key, page->context, page->token))
		return bad_token(call);
	return SCIM_OK;
}

int manage_page_open(
	struct call *call, struct page *page, const struct rows *rows, const char *name)
{
	buf_printf(&call->rs->body, "{\"%s\":[", name);
	page->more = rows_count(rows) > page->size;
	return page->more ? (int)page->size : rows_count(rows);
}

void manage_page_close(struct call *call, const struct page *page, const struct uuid *last)
{
	const char *token = "";

	if (page->more)
		token = seal_make(call->cx->arena, &call->holder.mac_key, page->context,
			uuid_text(call->cx->arena, last), UUID_TEXT - 1);
	buf_printf(&call->rs->body, "],\"nextPageToken\":\"%s\"}", token);
}

void manage_put(struct buf *buf, const char *name, const char *text)
{
	buf_printf(buf, ",\"%s\":", name);
	buf_jsons(buf, text ? text : "");
}

void manage_put_bool(struct buf *buf, const char *name, bool value)
{
	buf_printf(buf, ",\"%s\":%s", name, value ? "true" : "false");
}

void manage_put_time(struct buf *buf, const char *name, int64_t us)
{
	char text[TIME_TEXT];

	if (!us) {
		buf_printf(buf, ",\"%s\":null", name);
		return;
	}
	time_print(us, text);
	buf_printf(buf, ",\"%s\":\"%s\"", name, text);
}

enum scim_err manage_commit(struct call *call)
{
	call_audit(call, call->rs->status, NULL);
	db_queue(call->cx, call->db, STMT_COMMIT, NULL);
	return db_run(call->cx, call->db);
}
