/* SPDX-License-Identifier: MIT */
/*
 * The meaning of filters on JSON values, in memory. What each operator means for absent and for
 * several values is written at enum filter_op; here it is done.
 */
#include "scim/match.h"

#include <assert.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

enum {
	COMPARED_BYTES = 4 << 20,
	LOOK_BYTES = 4 /* what it costs to look, whatever is there */
};

enum order {
	LESS = 1 << 0,
	EQUAL = 1 << 1,
	GREATER = 1 << 2,
	UNLIKE = 1 << 3 /* values that have no order, such as a string and a number */
};

/* The orders of attribute and value that satisfy an operator. */
static const unsigned orders[F__MAX] = {
	[F_EQ] = EQUAL,
	[F_NE] = LESS | GREATER | UNLIKE,
	[F_GT] = GREATER,
	[F_GE] = GREATER | EQUAL,
	[F_LT] = LESS,
	[F_LE] = LESS | EQUAL,
};

static bool match(struct ctx *cx, const struct filter *filter, struct json_object *at);

static bool is_present(struct json_object *value);

static bool is_present_array(struct json_object *values)
{
	for (size_t i = 0; i < json_object_array_length(values); i++)
		if (is_present(json_object_array_get_idx(values, i)))
			return true;
	return false;
}

static bool is_present_object(struct json_object *object)
{
	json_object_object_foreach(object, name, member)
	{
		(void)name;
		if (is_present(member))
			return true;
	}
	return false;
}

/* 7643 2.5: null, "", [] and {} are no value. */
static bool is_present(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return false;
	case json_type_string:
		return json_object_get_string_len(value) > 0;
	case json_type_array:
		return is_present_array(value);
	case json_type_object:
		return is_present_object(value);
	default:
		return true;
	}
}

/* What path names in a resource, or in one value of a multi-valued attribute; or NULL. */
static struct json_object *find(const struct path *path, struct json_object *at)
{
	if (!json_object_is_type(at, json_type_object))
		return strcmp(path->attr->name, "value") == 0 ? at : NULL;
	if (path->extension)
		at = json_get(at, path->extension->urn);
	return at ? json_get(at, path->attr->name) : NULL;
}

static struct json_object *find_sub(const struct path *path, struct json_object *value)
{
	if (!path->sub)
		return value;
	return json_object_is_type(value, json_type_object) ? json_get(value, path->sub->name)
							    : NULL;
}

static enum order order_of(double difference)
{
	return difference < 0 ? LESS : difference > 0 ? GREATER : EQUAL;
}

static enum order compare_number(const struct filter_value *value, struct json_object *leaf)
{
	bool integer = json_object_is_type(leaf, json_type_int);
	if (!integer && !json_object_is_type(leaf, json_type_double))
		return UNLIKE;
	if (integer && !strpbrk(value->text, ".eE")) {
		int64_t a = json_object_get_int64(leaf);
		int64_t b = strtoll(value->text, NULL, 10);
		return a < b ? LESS : a > b ? GREATER : EQUAL;
	}
	return order_of(json_object_get_double(leaf) - strtod(value->text, NULL));
}

static enum order compare_boolean(const struct filter_value *value, struct json_object *leaf)
{
	if (!json_object_is_type(leaf, json_type_boolean))
		return UNLIKE;
	return (bool)json_object_get_boolean(leaf) == value->boolean ? EQUAL : UNLIKE;
}

/*
 * Operations times terms times values can be a great many: a request may compare so much and no
 * more. What is matched behind the failure does not count.
 */
bool match_charge(struct ctx *cx, size_t len)
{
	cx->compared += (int64_t)len;
	if (cx->compared <= COMPARED_BYTES)
		return true;
	ctx_fail(cx, SCIM_TOO_MANY, "the request compares more than %d bytes", COMPARED_BYTES);
	return false;
}

/* A string as filters compare it, see V_STRING; NULL when it is none. */
static const char *compared_text(
	struct ctx *cx, const struct attr *attr, struct json_object *leaf, size_t *len)
{
	if (!json_object_is_type(leaf, json_type_string))
		return NULL;
	const char *text = json_object_get_string(leaf);
	*len = (size_t)json_object_get_string_len(leaf);
	if (!match_charge(cx, *len))
		return NULL;
	if (attr->type == T_DATETIME) {
		int64_t us;
		if (!time_parse(text, *len, &us))
			return NULL;
		char *printed = arena_alloc(cx->arena, TIME_TEXT);
		time_print_us(us, printed);
		*len = strlen(printed);
		return printed;
	}
	return attr->case_exact ? text : text_fold(cx->arena, text, *len, len);
}

/* Bytes of UTF-8 order as code points do. */
static enum order compare_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int sign = memcmp(a, b, a_len < b_len ? a_len : b_len);
	if (sign == 0)
		return a_len < b_len ? LESS : a_len > b_len ? GREATER : EQUAL;
	return sign < 0 ? LESS : GREATER;
}

bool match_text(enum filter_op op, const char *text, size_t len, const struct filter_value *value)
{
	switch (op) {
	case F_CO:
		return memmem(text, len, value->text, value->len);
	case F_SW:
		return len >= value->len && memcmp(text, value->text, value->len) == 0;
	case F_EW:
		return len >= value->len &&
		       memcmp(text + len - value->len, value->text, value->len) == 0;
	default:
		return orders[op] & compare_text(text, len, value->text, value->len);
	}
}

/* One value that is present against a comparison. */
static bool match_leaf(struct ctx *cx, const struct filter *filter, struct json_object *leaf)
{
	const struct attr *attr = filter->path.sub ? filter->path.sub : filter->path.attr;
	const char *text;
	size_t len;
	switch (filter->value.type) {
	case V_NUMBER:
		return orders[filter->op] & compare_number(&filter->value, leaf);
	case V_BOOLEAN:
		return orders[filter->op] & compare_boolean(&filter->value, leaf);
	default:
		text = compared_text(cx, attr, leaf, &len);
		if (!text)
			return filter->op == F_NE;
		return match_text(filter->op, text, len, &filter->value);
	}
}

/* One value of an attribute, or NULL for none, against F_PR or a comparison. */
static bool match_one(struct ctx *cx, const struct filter *filter, struct json_object *value)
{
	struct json_object *leaf = find_sub(&filter->path, value);
	bool present = is_present(leaf);
	if (!match_charge(cx, LOOK_BYTES))
		return false;
	if (filter->op == F_PR)
		return present;
	return present ? match_leaf(cx, filter, leaf) : filter->op == F_NE;
}

/* One value of an attribute, or NULL for none, against the filter in brackets. */
static bool match_has(struct ctx *cx, const struct filter *filter, struct json_object *value)
{
	return value && match(cx, filter->left, value);
}

typedef bool match_fn(struct ctx *cx, const struct filter *filter, struct json_object *value);

/* Does any value of filter's attribute satisfy fn? Without a value, does NULL? */
static bool match_any(
	struct ctx *cx, const struct filter *filter, struct json_object *at, match_fn *fn)
{
	struct json_object *value = find(&filter->path, at);
	if (!json_object_is_type(value, json_type_array))
		return fn(cx, filter, value);
	size_t n = json_object_array_length(value);
	for (size_t i = 0; i < n; i++)
		if (fn(cx, filter, json_object_array_get_idx(value, i)))
			return true;
	return n == 0 && fn(cx, filter, NULL);
}

/* eq null is not pr, ne null is pr: of the attribute, not of one value of it. */
static bool match_null(struct ctx *cx, const struct filter *filter, struct json_object *at)
{
	struct filter present = { .op = F_PR, .path = filter->path };
	return match_any(cx, &present, at, match_one) == (filter->op == F_NE);
}

/* at: a resource, or inside F_HAS one value. */
static bool match(struct ctx *cx, const struct filter *filter, struct json_object *at)
{
	switch (filter->op) {
	case F_AND:
		return match(cx, filter->left, at) && match(cx, filter->right, at);
	case F_OR:
		return match(cx, filter->left, at) || match(cx, filter->right, at);
	case F_NOT:
		return !match(cx, filter->left, at);
	case F_FALSE:
	case F_TRUE:
		return filter->op == F_TRUE;
	case F_HAS:
		return match_any(cx, filter, at, match_has);
	default:
		if (filter->value.type == V_NULL)
			return match_null(cx, filter, at);
		return match_any(cx, filter, at, match_one);
	}
}

bool match_value(struct ctx *cx, const struct filter *tree, const struct attr *attr,
	struct json_object *value)
{
	assert(attr->type == T_COMPLEX || !json_object_is_type(value, json_type_object));
	return match(cx, tree, value);
}

bool match_resource(struct ctx *cx, const struct filter *tree, struct json_object *resource)
{
	return match(cx, tree, resource);
}
