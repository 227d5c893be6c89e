/* SPDX-License-Identifier: MIT */
/* Redaction before storing. The common body has nothing to hide and is kept as it came. */
#include "web/redact.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/schema.h"

static bool contains(const char *text, const char *word)
{
	return text_ifind(text, word) != NULL;
}

/* "_scim_" of a token behind the UUID of its account, in base64: a credential of SCIM 1.1. */
#define BASIC_TOKEN "X3NjaW1f"

/* One of ours, by how they begin. */
static bool holds_credential(const char *text)
{
	return (contains(text, "rollcall_") &&
		       (contains(text, "rollcall_s") || contains(text, "rollcall_client_"))) ||
	       contains(text, "whsec_") || contains(text, BASIC_TOKEN);
}

static bool holds_secret(const char *text)
{
	return contains(text, "password") || holds_credential(text);
}

static bool is_secret(const struct attr *attr)
{
	return attr->mutability == M_WRITE_ONLY || attr->returned == R_NEVER;
}

/* Put the names of secret attributes at names[count], if it is not NULL; how many there are. */
static size_t secret_names(const struct attr *attrs, const char **names, size_t count)
{
	for (const struct attr *attr = attrs; attr && attr->name; attr++) {
		if (is_secret(attr) && names)
			names[count] = attr->name;
		count += is_secret(attr);
		count = secret_names(attr->subs, names, count);
	}
	return count;
}

/* The same of all extensions of all types. */
static size_t all_names(const struct resource_type *types, const char **names)
{
	size_t count = 0, kind, i;

	for (kind = 0; kind < KIND__MAX; kind++)
		for (i = 0; types[kind].extensions[i]; i++)
			count = secret_names(types[kind].extensions[i]->attrs, names, count);
	return count;
}

const char *const *redact_names(struct arena *arena, const struct resource_type types[KIND__MAX])
{
	const char **names;
	size_t count = all_names(types, NULL);

	if (!count)
		return NULL;
	names = arena_alloc(arena, (count + 1) * sizeof(const char *));
	all_names(types, names);
	return names;
}

/* Bytes of the attribute name (RFC 7643 section 2.1) that text begins with. */
static size_t word_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$_-");
}

static bool is_named(const char *const *names, const char *word, size_t len)
{
	for (; *names; names++)
		if (text_ieqn(*names, strlen(*names), word, len))
			return true;
	return false;
}

/* Is one of the names a word of text? *last: is it the last one? */
static bool mentions(const char *const *names, const char *text, bool *last)
{
	bool found = false;
	size_t len;

	*last = false;
	for (; names && *text; text += len ? len : 1) {
		len = word_length(text);
		if (!len)
			continue;
		*last = is_named(names, text, len);
		found = found || *last;
	}
	return found;
}

/* Is a character that a name may have written \\u0020 to \\u007f? */
static bool escapes_ascii(const char *text)
{
	for (; (text = strstr(text, "\\u00")); text++)
		if (text[4] >= '2' && text[4] <= '7')
			return true;
	return false;
}

/* An escape of ASCII can spell a name or a credential. */
bool redact_keeps(const char *const *names, const char *text)
{
	bool last;

	return !holds_secret(text) && !escapes_ascii(text) && !mentions(names, text, &last);
}

const char *redact_url(struct arena *arena, const char *path, const char *query)
{
	return redact_url_names(arena, NULL, path, query);
}

const char *redact_url_names(
	struct arena *arena, const char *const *names, const char *path, const char *query)
{
	const char *plain = percent_decode(arena, query, strlen(query), true);
	const char *decoded = percent_decode(arena, path, strlen(path), false);

	if (!decoded || holds_secret(decoded))
		return "[redacted]";
	if (!*query)
		return path;
	if (!plain || !redact_keeps(names, plain))
		return arena_printf(arena, "%s?[redacted]", path);
	return arena_printf(arena, "%s?%s", path, query);
}

/* What a name says of the value that stands beside it. */
enum mention {
	NOT_MENTIONED,
	NAMED, /* it is the secret */
	QUOTED /* the name only speaks of one, and may hold it: password[value eq "x"] */
};

/* The attribute, as the name of a member or as a PATCH path. */
static bool is_password(const char *name)
{
	return text_ieq(name, "password") || text_ieq(name, URN_USER ":password");
}

static enum mention mention_of(const char *const *names, const char *name)
{
	bool last;

	if (is_password(name))
		return NAMED;
	if (contains(name, "password"))
		return QUOTED;
	if (!mentions(names, name, &last))
		return NOT_MENTIONED;
	return last && !strchr(name, '[') ? NAMED : QUOTED;
}

/* The path of a PATCH operation, "" for what is none. */
static const char *operation_path(struct json_object *object)
{
	struct json_object *path = json_iget(object, "path", &(bool){ false });

	return json_object_is_type(path, json_type_string) ? json_object_get_string(path) : "";
}

/* Is a name among those that meta.attributes of SCIM 1.1 has, each perhaps as a "value", more than a name? */
static bool quotes(const char *const *names, struct json_object *value)
{
	bool found = false;
	size_t i;

	if (json_object_is_type(value, json_type_object))
		value = json_iget(value, "value", &(bool){ false });
	if (json_object_is_type(value, json_type_string))
		return mention_of(names, json_object_get_string(value)) == QUOTED;
	if (json_object_is_type(value, json_type_array))
		for (i = 0; i < json_object_array_length(value) && !found; i++)
			found = quotes(names, json_object_array_get_idx(value, i));
	return found;
}

static bool redact_tree(const char *const *names, struct json_object *value);

/* Replacing the value of a member that is there does not disturb the walk over its object. */
static bool redact_object(const char *const *names, struct json_object *object)
{
	enum mention path = mention_of(names, operation_path(object));
	bool kept =
		path != QUOTED && !quotes(names, json_iget(object, "attributes", &(bool){ false }));

	json_object_object_foreach(object, name, value)
	{
		enum mention mention = mention_of(names, name);

		if (mention == NAMED || (path == NAMED && text_ieq(name, "value")))
			json_object_object_add(object, name, json_object_new_string("[redacted]"));
		else
			kept = redact_tree(names, value) && kept && mention != QUOTED;
	}
	return kept;
}

/* Take secrets out. False: one may be left, in a name. */
static bool redact_tree(const char *const *names, struct json_object *value)
{
	bool kept = true;
	size_t i;

	if (json_object_is_type(value, json_type_object))
		return redact_object(names, value);
	if (!json_object_is_type(value, json_type_array))
		return true;
	for (i = 0; i < json_object_array_length(value); i++)
		kept = redact_tree(names, json_object_array_get_idx(value, i)) && kept;
	return kept;
}

const char *redact_body(struct arena *arena, const char *text, struct json_object *tree)
{
	return redact_body_names(arena, NULL, text, tree);
}

const char *redact_body_names(
	struct arena *arena, const char *const *names, const char *text, struct json_object *tree)
{
	struct json_object *root;
	struct buf buf;

	if (!text || !*text)
		return NULL;
	if (!tree)
		return arena_printf(arena, "[not kept: %zu bytes that are not JSON]", strlen(text));
	if (redact_keeps(names, text))
		return text;
	root = json_root_object(arena);
	json_object_object_add(root, "body", json_copy(tree));
	if (!redact_tree(names, root))
		return "[not kept: quotes a password]";
	buf_init(&buf, arena, strlen(text));
	json_print(&buf, json_get(root, "body"));
	return holds_credential(buf.data) ? "[not kept: holds a credential]" : buf.data;
}

static bool speaks_of_secret(const char *const *names, const char *text)
{
	bool last;

	return holds_secret(text) || mentions(names, text, &last);
}

const char *redact_search(const char *const *names, const char *text)
{
	if (!text || redact_keeps(names, text))
		return text;
	return "[not kept: speaks of a secret]";
}

/* What failed may quote what was sent; a resource has no password to hold. */
const char *redact_answer(const char *const *names, const char *text, bool failed)
{
	if (!text || !(failed ? speaks_of_secret(names, text) : holds_credential(text)))
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
