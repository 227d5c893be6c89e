/* SPDX-License-Identifier: MIT */
/*
 * What is compared: the document of keys, where what is not caseExact is folded, and the rows of
 * the look-up index. Both hold for SQL what match.c decides on trees. Knows no table and no column.
 */
#include <stdlib.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/resource.h"

#define KEY_MAX 512 /* bytes of a key that stands in the index as it is */
#define KEY_HEAD 448 /* bytes kept of a longer one */

static void print_value(
	struct buf *buf, struct arena *arena, const struct attr *attr, struct json_object *value);

const char *value_key(
	struct arena *arena, const struct attr *attr, struct json_object *value, size_t *len)
{
	if (!json_object_is_type(value, json_type_string))
		return json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN, len);
	const char *text = json_object_get_string(value);
	int64_t us = 0;
	*len = (size_t)json_object_get_string_len(value);
	if (attr->type == T_DATETIME && time_parse(text, *len, &us)) {
		char *time = arena_alloc(arena, TIME_TEXT);
		time_print_us(us, time);
		*len = strlen(time);
		return time;
	}
	return attr->case_exact ? text : text_fold(arena, text, *len, len);
}

static void print_scalar(
	struct buf *buf, struct arena *arena, const struct attr *attr, struct json_object *value)
{
	size_t len = 0;
	const char *key = value_key(arena, attr, value, &len);
	if (json_object_is_type(value, json_type_string))
		buf_json(buf, key, len);
	else
		buf_put(buf, key, len);
}

static void print_subs(
	struct buf *buf, struct arena *arena, const struct attr *attr, struct json_object *object)
{
	char separator = '{';
	for (const struct attr *sub = attr->subs; sub->name; sub++) {
		struct json_object *value = json_get(object, sub->name);
		if (!value)
			continue;
		buf_putc(buf, separator);
		separator = ',';
		buf_jsons(buf, sub->name);
		buf_putc(buf, ':');
		print_value(buf, arena, sub, value);
	}
	buf_puts(buf, separator == '{' ? "{}" : "}");
}

/* One value of attr, which is not multi-valued here. */
static void print_single(
	struct buf *buf, struct arena *arena, const struct attr *attr, struct json_object *value)
{
	if (attr->type == T_COMPLEX)
		print_subs(buf, arena, attr, value);
	else
		print_scalar(buf, arena, attr, value);
}

static void print_value(
	struct buf *buf, struct arena *arena, const struct attr *attr, struct json_object *value)
{
	if (!attr->multi) {
		print_single(buf, arena, attr, value);
		return;
	}
	buf_putc(buf, '[');
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		if (i)
			buf_putc(buf, ',');
		print_single(buf, arena, attr, json_object_array_get_idx(value, i));
	}
	buf_putc(buf, ']');
}

/* The attributes of an object that have no column of their own, each after a comma. */
static void print_attrs(
	struct buf *buf, struct arena *arena, const struct attr *attrs, struct json_object *object)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		struct json_object *value = json_get(object, attr->name);
		if (!value || attr->place > IN_INDEX)
			continue;
		buf_putc(buf, ',');
		buf_jsons(buf, attr->name);
		buf_putc(buf, ':');
		print_value(buf, arena, attr, value);
	}
}

/* Turn the comma at this position, if print_attrs wrote one there, into a brace. */
static void open_object(struct buf *buf, size_t at)
{
	if (buf->len == at)
		buf_putc(buf, '{');
	else
		buf->data[at] = '{';
}

const char *resource_keys(
	struct ctx *cx, const struct resource_type *rt, struct json_object *resource)
{
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	print_attrs(&buf, cx->arena, common_attrs, resource);
	print_attrs(&buf, cx->arena, rt->core->attrs, resource);
	for (size_t i = 0; rt->extensions[i]; i++) {
		const struct schema *extension = rt->extensions[i];
		struct json_object *object = json_get(resource, extension->urn);
		if (!object)
			continue;
		buf_putc(&buf, ',');
		buf_jsons(&buf, extension->urn);
		buf_putc(&buf, ':');
		size_t at = buf.len;
		print_attrs(&buf, cx->arena, extension->attrs, object);
		open_object(&buf, at);
		buf_putc(&buf, '}');
	}
	open_object(&buf, 0);
	buf_putc(&buf, '}');
	return buf.data;
}

const char *index_key(struct arena *arena, const char *value, size_t len)
{
	if (len <= KEY_MAX)
		return arena_strndup(arena, value, len);
	size_t head = KEY_HEAD;
	while (head > 0 && ((unsigned char)value[head] & 0xc0) == 0x80)
		head--;
	unsigned char hash[SHA256_BYTES];
	sha256(value, len, hash);
	return arena_printf(
		arena, "%.*s#%s", (int)head, value, hex_encode(arena, hash, sizeof(hash)));
}

const char *index_name(struct arena *arena, const struct schema *extension, const struct attr *attr,
	const struct attr *sub)
{
	return arena_printf(arena, "%s%s%s%s%s", extension ? extension->urn : "",
		extension ? ":" : "", attr->name, sub ? "." : "", sub ? sub->name : "");
}

/* The rows found so far. */
struct index {
	struct arena *arena;
	const struct schema *extension; /* of the attributes being walked; NULL: the core */
	struct index_row *rows;
	size_t count;
	size_t cap;
};

static void add_row(struct index *index, const struct attr *attr, const struct attr *sub,
	struct json_object *value)
{
	if (index->count == index->cap) {
		size_t cap = index->cap ? 2 * index->cap : 16;
		struct index_row *rows = arena_alloc(index->arena, cap * sizeof(*rows));
		if (index->count)
			memcpy(rows, index->rows, index->count * sizeof(*rows));
		index->rows = rows;
		index->cap = cap;
	}
	size_t len = 0;
	const char *key = value_key(index->arena, sub ? sub : attr, value, &len);
	index->rows[index->count++] = (struct index_row){
		.attribute = index_name(index->arena, index->extension, attr, sub),
		.key = index_key(index->arena, key, len),
	};
}

/* One value of attr: itself, or its sub-attributes that are looked up. */
static void index_value(struct index *index, const struct attr *attr, struct json_object *value)
{
	if (attr->place == IN_INDEX && attr->type != T_COMPLEX)
		add_row(index, attr, NULL, value);
	if (attr->type != T_COMPLEX)
		return;
	for (const struct attr *sub = attr->subs; sub->name; sub++) {
		struct json_object *member = json_get(value, sub->name);
		if (member && sub->place == IN_INDEX)
			add_row(index, attr, sub, member);
	}
}

static void index_attrs(struct index *index, const struct attr *attrs, struct json_object *object)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		struct json_object *value = json_get(object, attr->name);
		if (!value)
			continue;
		size_t n = attr->multi ? json_object_array_length(value) : 1;
		for (size_t i = 0; i < n; i++)
			index_value(index, attr,
				attr->multi ? json_object_array_get_idx(value, i) : value);
	}
}

int index_row_order(const struct index_row *a, const struct index_row *b)
{
	int order = strcmp(a->attribute, b->attribute);
	return order ? order : strcmp(a->key, b->key);
}

static int row_order(const void *a, const void *b)
{
	return index_row_order(a, b);
}

void resource_index(struct ctx *cx, const struct resource_type *rt, struct json_object *resource,
	const struct index_row **rows, size_t *count)
{
	struct index index = { .arena = cx->arena };
	index_attrs(&index, common_attrs, resource);
	index_attrs(&index, rt->core->attrs, resource);
	for (size_t i = 0; rt->extensions[i]; i++) {
		struct json_object *object = json_get(resource, rt->extensions[i]->urn);
		index.extension = rt->extensions[i];
		if (object)
			index_attrs(&index, index.extension->attrs, object);
	}
	size_t n = 0;
	if (index.count)
		qsort(index.rows, index.count, sizeof(*index.rows), row_order);
	for (size_t i = 0; i < index.count; i++)
		if (n == 0 || index_row_order(&index.rows[n - 1], &index.rows[i]) != 0)
			index.rows[n++] = index.rows[i];
	*rows = index.rows;
	*count = n;
}
