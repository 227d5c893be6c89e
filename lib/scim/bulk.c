/* SPDX-License-Identifier: MIT */
/*
 * The messages of Bulk (RFC 7644 section 3.7): JSON to operations, and results to JSON. What
 * operations have to do with each other is in bulk_refs.c and bulk_order.c.
 */
#include "scim/bulk.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/bulk_refs.h"
#include "scim/message.h"
#include "scim/quirk.h"

static const char *const method_names[BULK__MAX] = {
	[BULK_POST] = "POST",
	[BULK_PUT] = "PUT",
	[BULK_PATCH] = "PATCH",
	[BULK_DELETE] = "DELETE",
};

void bulk_refuse(struct bulk_op *op, enum scim_err e, const char *detail)
{
	if (op->err)
		return;
	op->err = e;
	op->detail = detail;
}

/* A member that is a string; NULL when it is absent. */
static const char *read_text(
	struct ctx *cx, struct json_object *in, const char *name, struct bulk_op *op)
{
	bool found = false;
	struct json_object *value = json_iget(in, name, &found);
	if (!value)
		return NULL;
	if (json_object_is_type(value, json_type_string))
		return json_object_get_string(value);
	bulk_refuse(op, SCIM_INVALID_SYNTAX, ctx_detail(cx, "%s must be a string", name));
	return NULL;
}

static void read_method(struct ctx *cx, struct json_object *in, struct bulk_op *op)
{
	const char *text = read_text(cx, in, "method", op);
	op->method = BULK_POST;
	while (op->method < BULK__MAX && !(text && text_ieq(method_names[op->method], text)))
		op->method++;
	op->method_text = op->method < BULK__MAX ? method_names[op->method] : text;
	if (op->method == BULK__MAX)
		bulk_refuse(op, SCIM_INVALID_SYNTAX, "method must be POST, PUT, PATCH or DELETE");
}

static void read_bulk_id(struct ctx *cx, struct json_object *in, struct bulk_op *op)
{
	op->bulk_id = read_text(cx, in, "bulkId", op);
	if (op->bulk_id && !*op->bulk_id) {
		op->bulk_id = NULL;
		bulk_refuse(op, SCIM_INVALID_VALUE, "bulkId must not be empty");
	}
	/* QUIRK: 3.7 requires it, but who refers to nothing gets along without */
	if (!op->bulk_id && !op->err && op->method == BULK_POST &&
		!quirk_allowed(cx, QUIRK_NO_BULK_ID))
		bulk_refuse(op, SCIM_INVALID_SYNTAX, "POST needs a bulkId");
}

static bool find_type(const struct resource_type *const *types, const char *name, size_t *type)
{
	for (size_t i = 0; types[i]; i++) {
		if (strcmp(types[i]->endpoint + 1, name) != 0)
			continue;
		*type = i;
		return true;
	}
	return false;
}

/* /Users, /Users/ or /Users/id; cut before it is decoded. */
static void split_path(struct ctx *cx, const struct resource_type *const *types, const char *path,
	struct bulk_op *op)
{
	const char *at = path + (*path == '/');
	const char *end = strchrnul(at, '/');
	const char *endpoint = percent_decode(cx->arena, at, (size_t)(end - at), false);
	const char *id = percent_decode(cx->arena, end, strlen(end), false);
	if (!endpoint || !id)
		bulk_refuse(op, SCIM_INVALID_VALUE, "path is not percent-encoded UTF-8");
	else if (strpbrk(path, "?#"))
		bulk_refuse(op, SCIM_INVALID_VALUE, "path must not have a query");
	else if (!find_type(types, endpoint, &op->type) || (*end && strchr(end + 1, '/')))
		bulk_refuse(op, SCIM_NOT_FOUND, ctx_detail(cx, "nothing is at '%s'", path));
	else if (*id && id[1])
		op->id = id + 1;
}

static void read_path(struct ctx *cx, const struct resource_type *const *types,
	struct json_object *in, struct bulk_op *op)
{
	op->path = read_text(cx, in, "path", op);
	if (!op->path)
		bulk_refuse(op, SCIM_INVALID_SYNTAX, "path is required");
	else
		split_path(cx, types, op->path, op);
	if (op->err)
		return;
	if (op->method == BULK_POST && op->id)
		bulk_refuse(op, SCIM_INVALID_VALUE, "the path of POST must not have an id");
	if (op->method != BULK_POST && !op->id)
		bulk_refuse(op, SCIM_INVALID_VALUE,
			ctx_detail(cx, "the path of %s needs an id", op->method_text));
}

static void read_data(struct ctx *cx, struct json_object *in, struct bulk_op *op)
{
	bool found = false;
	struct json_object *data = json_iget(in, "data", &found);
	if (op->err || op->method == BULK_DELETE)
		return;
	if (json_object_is_type(data, json_type_object))
		op->data = data;
	else
		bulk_refuse(op, SCIM_INVALID_SYNTAX,
			ctx_detail(cx, "%s needs data, an object", op->method_text));
}

static void read_op(struct ctx *cx, const struct resource_type *const *types,
	struct json_object *in, struct bulk_op *op)
{
	read_method(cx, in, op);
	read_bulk_id(cx, in, op);
	read_path(cx, types, in, op);
	op->version = read_text(cx, in, "version", op);
	read_data(cx, in, op);
}

static enum scim_err read_fail_on_errors(
	struct ctx *cx, struct json_object *body, int64_t *fail_on_errors)
{
	bool found = false;
	struct json_object *in = json_iget(body, "failOnErrors", &found);
	long long number = 0;
	*fail_on_errors = 0;
	if (!in)
		return SCIM_OK;
	if (json_object_is_type(in, json_type_int))
		number = json_object_get_int64(in);
	else if (!json_object_is_type(in, json_type_string) ||
		 !text_int(json_object_get_string(in), (size_t)json_object_get_string_len(in),
			 &number) ||
		 !quirk_allowed(cx, QUIRK_STRING_NUMBER))
		number = 0;
	if (number < 1)
		return ctx_fail(cx, SCIM_INVALID_VALUE, "failOnErrors must be a positive integer");
	*fail_on_errors = number;
	return SCIM_OK;
}

static enum scim_err read_operations(
	struct ctx *cx, struct json_object *body, struct json_object **list)
{
	bool found = false;
	*list = json_iget(body, "Operations", &found);
	if (!json_object_is_type(*list, json_type_array) || json_object_array_length(*list) == 0)
		return ctx_fail(cx, SCIM_INVALID_SYNTAX,
			"Operations must be an array of one or more operations");
	size_t n = json_object_array_length(*list);
	if ((int64_t)n > cx->limits->bulk_operations)
		return ctx_fail(cx, SCIM_TOO_LARGE, "more than %lld operations (maxOperations)",
			(long long)cx->limits->bulk_operations);
	for (size_t i = 0; i < n; i++)
		if (!json_object_is_type(json_object_array_get_idx(*list, i), json_type_object))
			return ctx_fail(cx, SCIM_INVALID_SYNTAX, "an operation must be an object");
	return SCIM_OK;
}

enum scim_err bulk_parse(struct ctx *cx, const struct resource_type *const *types,
	struct json_object *body, struct bulk *bulk)
{
	struct json_object *list;
	enum scim_err e = message_check(cx, body, URN_MESSAGE_BULK);
	*bulk = (struct bulk){ 0 };
	if (e || (e = read_operations(cx, body, &list)) ||
		(e = read_fail_on_errors(cx, body, &bulk->fail_on_errors)))
		return e;
	bulk->count = json_object_array_length(list);
	bulk->ops = arena_alloc(cx->arena, bulk->count * sizeof(*bulk->ops));
	for (size_t i = 0; i < bulk->count; i++)
		read_op(cx, types, json_object_array_get_idx(list, i), &bulk->ops[i]);
	bulk_find_refs(cx, bulk);
	bulk_find_order(cx, bulk);
	return SCIM_OK;
}

void bulk_print_open(struct buf *buf)
{
	buf_printf(buf, "{\"schemas\":[\"%s\"],\"Operations\":[", URN_MESSAGE_BULK_RESPONSE);
}

/* "name":"value", nothing for NULL */
static void print_text(struct buf *buf, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(buf, "\"%s\":", name);
	buf_jsons(buf, value);
	buf_putc(buf, ',');
}

/* 3.7.3: status is a string; the response is there for errors. */
void bulk_print_op(struct buf *buf, const struct bulk_op *op, const struct bulk_result *result)
{
	bool created = op->method != BULK_POST || !result->err;
	buf_puts(buf, buf->data[buf->len - 1] == '[' ? "{" : ",{");
	print_text(buf, "location", created ? result->location : NULL);
	print_text(buf, "method", op->method_text);
	print_text(buf, "bulkId", op->bulk_id);
	print_text(buf, "version", result->version);
	buf_printf(buf, "\"status\":\"%d\"",
		result->err ? err_row(result->err)->status : result->status);
	if (result->err) {
		buf_puts(buf, ",\"response\":");
		message_error(buf, result->err, result->detail);
	}
	buf_putc(buf, '}');
}

void bulk_print_close(struct buf *buf)
{
	buf_puts(buf, "]}");
}
