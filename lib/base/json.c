/* SPDX-License-Identifier: MIT */
/* json-c behind the guard: parsing, look-up, copies and printing. Knows no schema. */
#include "base/json.h"

#include <assert.h>

#include "base/guard.h"
#include "base/text.h"

#define PRINT_FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* What we store may be wrapped in some more objects than a client may nest. */
#define PARSE_DEPTH (GUARD_DEPTH + 16)

/* json_object_put in the shape of an arena_fn. */
static void tree_put(void *tree)
{
	json_object_put(tree);
}

enum scim_err json_guard(struct ctx *cx, const char *text, size_t len)
{
	int64_t nodes = 0;

	return guard_text(cx, text, len, cx->limits->json_nodes, &nodes);
}

/* Values in a tree, containers included. The recursion is as deep as the guard let it be. */
static int64_t count_nodes(struct json_object *value)
{
	int64_t nodes = 1;

	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member)
		{
			(void)name;
			nodes += count_nodes(member);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			nodes += count_nodes(json_object_array_get_idx(value, i));
	}
	return nodes;
}

/* Parse what is known to be JSON. */
static struct json_object *parse(struct arena *arena, const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(PARSE_DEPTH);
	struct json_object *tree;

	if (!tokener || len > INT32_MAX)
		abort();
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	tree = json_tokener_parse_ex(tokener, text, (int)len);
	/* A number at the end of the text might go on; a NUL says that it does not. */
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		tree = json_tokener_parse_ex(tokener, "", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		abort();
	arena_defer(arena, tree_put, tree);
	json_tokener_free(tokener); /* at once: one page of resources is a thousand parses */
	return tree;
}

enum scim_err json_parse_counted(
	struct ctx *cx, const char *text, size_t len, int64_t *nodes, struct json_object **tree)
{
	int64_t before = *nodes;
	enum scim_err e = guard_text(cx, text, len, cx->limits->json_nodes, nodes);

	if (e)
		return e;
	*tree = parse(cx->arena, text, len);
	/* json-c 0.16 drops members without a word when malloc fails. */
	if (count_nodes(*tree) != *nodes - before)
		abort();
	return SCIM_OK;
}

enum scim_err json_parse(struct ctx *cx, const char *text, size_t len, struct json_object **tree)
{
	int64_t nodes = 0;

	return json_parse_counted(cx, text, len, &nodes, tree);
}

enum scim_err json_check_object(struct ctx *cx, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_object))
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "JSON: the text is not an object");
	return SCIM_OK;
}

enum scim_err json_parse_object(
	struct ctx *cx, const char *text, size_t len, struct json_object **tree)
{
	struct json_object *value;
	enum scim_err e = json_parse(cx, text, len, &value);

	if (e || (e = json_check_object(cx, value)))
		return e;
	*tree = value;
	return SCIM_OK;
}

struct json_object *json_parse_stored(struct arena *arena, const char *text, size_t len)
{
	return parse(arena, text, len);
}

struct json_object *json_root_object(struct arena *arena)
{
	struct json_object *root = json_object_new_object();

	if (!root)
		abort();
	arena_defer(arena, tree_put, root);
	return root;
}

struct json_object *json_copy(struct json_object *value)
{
	struct json_object *copy = NULL;

	if (value && json_object_deep_copy(value, &copy, NULL) != 0)
		abort();
	return copy;
}

struct json_object *json_root_copy(struct arena *arena, struct json_object *value)
{
	struct json_object *copy = json_copy(value);

	arena_defer(arena, tree_put, copy);
	return copy;
}

struct json_object *json_get(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

const char *json_get_string(struct json_object *object, const char *name)
{
	struct json_object *value = json_get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

struct json_object *json_iget(struct json_object *object, const char *name, bool *found)
{
	*found = false;
	if (!json_object_is_type(object, json_type_object))
		return NULL;
	json_object_object_foreach(object, key, value)
	{
		if (text_ieq(key, name)) {
			*found = true;
			return value;
		}
	}
	return NULL;
}

void json_print(struct buf *buf, struct json_object *value)
{
	size_t len = 0;
	const char *text = json_object_to_json_string_length(value, PRINT_FLAGS, &len);

	if (!text)
		abort();
	buf_put(buf, text, len);
}

static bool is_number(struct json_object *value)
{
	return json_object_is_type(value, json_type_int) ||
	       json_object_is_type(value, json_type_double);
}

/* 1, 1.0 and 1e0 are one number; jsonb writes what was sent as 1e2 back as 100. */
static bool numbers_same(struct json_object *a, struct json_object *b)
{
	if (json_object_is_type(a, json_type_int) && json_object_is_type(b, json_type_int))
		return json_object_get_int64(a) == json_object_get_int64(b);
	return json_object_get_double(a) == json_object_get_double(b);
}

static bool strings_same(struct json_object *a, struct json_object *b)
{
	int len = json_object_get_string_len(a);

	return len == json_object_get_string_len(b) &&
	       memcmp(json_object_get_string(a), json_object_get_string(b), (size_t)len) == 0;
}

static bool objects_same(struct json_object *a, struct json_object *b)
{
	if (json_object_object_length(a) != json_object_object_length(b))
		return false;
	json_object_object_foreach(a, name, value)
	{
		struct json_object *other;

		if (!json_object_object_get_ex(b, name, &other) || !json_same(value, other))
			return false;
	}
	return true;
}

static bool arrays_same(struct json_object *a, struct json_object *b)
{
	size_t n = json_object_array_length(a);

	if (n != json_object_array_length(b))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!json_same(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
			return false;
	}
	return true;
}

bool json_same(struct json_object *a, struct json_object *b)
{
	if (is_number(a) && is_number(b))
		return numbers_same(a, b);
	if (json_object_get_type(a) != json_object_get_type(b))
		return false;
	switch (json_object_get_type(a)) {
	case json_type_boolean:
		return json_object_get_boolean(a) == json_object_get_boolean(b);
	case json_type_string:
		return strings_same(a, b);
	case json_type_object:
		return objects_same(a, b);
	case json_type_array:
		return arrays_same(a, b);
	default:
		return true; /* null */
	}
}
