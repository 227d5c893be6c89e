/* SPDX-License-Identifier: MIT */
/* Redaction before storing. The common body has nothing to hide and is kept as it came. */
#include "web/redact.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/schema.h"

static bool contains(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

static bool holds_secret(const char *text)
{
	return contains(text, "password") || contains(text, "rollcall_s");
}

const char *redact_url(struct arena *arena, const char *path, const char *query)
{
	const char *plain = percent_decode(arena, query, strlen(query), true);
	const char *decoded = percent_decode(arena, path, strlen(path), false);

	if (!decoded || holds_secret(decoded))
		return "[redacted]";
	if (!*query)
		return path;
	if (!plain || holds_secret(plain))
		return arena_printf(arena, "%s?[redacted]", path);
	return arena_printf(arena, "%s?%s", path, query);
}

/* "password", "urn:...:User:password", and what only looks like it: a member or a PATCH path. */
static bool names_password(const char *name)
{
	return contains(name, "password");
}

static bool is_password_operation(struct json_object *object)
{
	struct json_object *path = json_iget(object, "path", &(bool){ false });

	return path && json_object_is_type(path, json_type_string) &&
	       names_password(json_object_get_string(path));
}

/* In an operation on password: its value, and a path that is more than the name. */
static bool quotes_password(const char *name, struct json_object *value)
{
	const char *path = json_object_get_string(value);

	if (text_ieq(name, "path"))
		return !text_ieq(path, "password") && !text_ieq(path, URN_USER ":password");
	return text_ieq(name, "value");
}

static void redact_tree(struct json_object *value);

/* Replacing the value of a member that is there does not disturb the walk over its object. */
static void redact_object(struct json_object *object)
{
	bool operation = is_password_operation(object);

	json_object_object_foreach(object, name, value)
	{
		if (names_password(name) || (operation && quotes_password(name, value)))
			json_object_object_add(object, name, json_object_new_string("[redacted]"));
		else
			redact_tree(value);
	}
}

static void redact_tree(struct json_object *value)
{
	size_t i;

	if (json_object_is_type(value, json_type_object))
		redact_object(value);
	if (!json_object_is_type(value, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(value); i++)
		redact_tree(json_object_array_get_idx(value, i));
}

const char *redact_body(struct arena *arena, const char *text, struct json_object *tree)
{
	struct json_object *root;
	struct buf buf;

	if (!text || !*text)
		return NULL;
	if (!tree)
		return arena_printf(arena, "[not kept: %zu bytes that are not JSON]", strlen(text));
	/* an escape can spell a name: then only the tree tells */
	if (!holds_secret(text) && !contains(text, "\\u"))
		return text;
	root = json_root_object(arena);
	json_object_object_add(root, "body", json_copy(tree));
	redact_tree(root);
	buf_init(&buf, arena, strlen(text));
	json_print(&buf, json_get(root, "body"));
	return contains(buf.data, "rollcall_s") ? "[not kept: holds a credential]" : buf.data;
}

/* What failed may quote what was sent; a resource has no password to hold. */
const char *redact_answer(const char *text, bool failed)
{
	if (!text || !(failed ? holds_secret(text) : contains(text, "rollcall_s")))
		return text;
	return "[not kept: speaks of a secret]";
}

const char *redact_header(struct arena *arena, const char *value)
{
	char *copy, *s;

	if (!value)
		return NULL;
	if (holds_secret(value))
		return "[redacted]";
	copy = arena_strdup(arena, value);
	for (s = copy; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
	return copy;
}
