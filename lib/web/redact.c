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

/* The attribute, as the name of a member or as a PATCH path. */
static bool is_password(const char *name)
{
	return text_ieq(name, "password") || text_ieq(name, URN_USER ":password");
}

/* What only speaks of it, such as password[value eq "x"], may quote it anywhere. */
static bool quotes_password(const char *name)
{
	return !is_password(name) && contains(name, "password");
}

/* The path of a PATCH operation, "" for what is none. */
static const char *operation_path(struct json_object *object)
{
	struct json_object *path = json_iget(object, "path", &(bool){ false });

	return json_object_is_type(path, json_type_string) ? json_object_get_string(path) : "";
}

static bool redact_tree(struct json_object *value);

/* Replacing the value of a member that is there does not disturb the walk over its object. */
static bool redact_object(struct json_object *object)
{
	const char *path = operation_path(object);
	bool kept = !quotes_password(path);

	json_object_object_foreach(object, name, value)
	{
		if (is_password(name) || (is_password(path) && text_ieq(name, "value")))
			json_object_object_add(object, name, json_object_new_string("[redacted]"));
		else
			kept = redact_tree(value) && kept && !quotes_password(name);
	}
	return kept;
}

/* Take passwords out. False: one may be left, in a name. */
static bool redact_tree(struct json_object *value)
{
	bool kept = true;
	size_t i;

	if (json_object_is_type(value, json_type_object))
		return redact_object(value);
	if (!json_object_is_type(value, json_type_array))
		return true;
	for (i = 0; i < json_object_array_length(value); i++)
		kept = redact_tree(json_object_array_get_idx(value, i)) && kept;
	return kept;
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
	if (!redact_tree(root))
		return "[not kept: quotes a password]";
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
