/* SPDX-License-Identifier: MIT */
/* The members of a SearchRequest as a table. What their values mean is the lists' business. */
#include "scim/search.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"
#include "scim/quirk.h"
#include "scim/resource.h"

/* The text of a member's value; NULL when it has none of its type. */
typedef const char *text_fn(struct ctx *cx, struct json_object *in);

static const char *text_of(struct ctx *cx, struct json_object *in)
{
	(void)cx;
	return json_object_is_type(in, json_type_string) ? json_object_get_string(in) : NULL;
}

static const char *integer_of(struct ctx *cx, struct json_object *in)
{
	const char *text = text_of(cx, in);
	long long number;
	if (json_object_is_type(in, json_type_int))
		return arena_printf(cx->arena, "%" PRId64, json_object_get_int64(in));
	if (!text || !text_int(text, strlen(text), &number))
		return NULL;
	return quirk_allowed(cx, QUIRK_STRING_NUMBER) ? text : NULL;
}

static const char *names_of(struct ctx *cx, struct json_object *in)
{
	struct buf names;
	if (json_object_is_type(in, json_type_string))
		return quirk_allowed(cx, QUIRK_SINGLE_VALUE) ? text_of(cx, in) : NULL;
	if (!json_object_is_type(in, json_type_array))
		return NULL;
	buf_init(&names, cx->arena, 0);
	for (size_t i = 0; i < json_object_array_length(in); i++) {
		const char *name = text_of(cx, json_object_array_get_idx(in, i));
		if (!name)
			return NULL;
		if (i)
			buf_putc(&names, ',');
		buf_puts(&names, name);
	}
	return names.data;
}

static const struct member {
	const char *name;
	text_fn *text;
	const char *type;
	enum scim_err err; /* what the parameter fails with */
} members[] = {
	{ "attributes", names_of, "an array of strings", SCIM_INVALID_VALUE },
	{ "excludedAttributes", names_of, "an array of strings", SCIM_INVALID_VALUE },
	{ "filter", text_of, "a string", SCIM_INVALID_FILTER },
	{ "sortBy", text_of, "a string", SCIM_INVALID_VALUE },
	{ "sortOrder", text_of, "a string", SCIM_INVALID_VALUE },
	{ "startIndex", integer_of, "an integer", SCIM_INVALID_VALUE },
	{ "count", integer_of, "an integer", SCIM_INVALID_VALUE },
	{ "cursor", text_of, "a string", SCIM_INVALID_CURSOR },
};

enum {
	MEMBERS = sizeof(members) / sizeof(members[0])
};

static const struct member *find_member(const char *name)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (text_ieq(members[i].name, name))
			return &members[i];
	return NULL;
}

/* null, and of a list of names also [] and "", which many write who want none of it. */
static bool is_absent(const struct member *member, struct json_object *in)
{
	return member->text == names_of ? value_unassigned(in) : !in;
}

enum scim_err search_parse(
	struct ctx *cx, struct json_object *body, const struct parameter **parameters, int *count)
{
	struct parameter *found = arena_alloc(cx->arena, MEMBERS * sizeof(*found));
	int n = 0;
	enum scim_err e = message_check(cx, body, URN_MESSAGE_SEARCH);
	if (e)
		return e;
	json_object_object_foreach(body, name, in)
	{
		const struct member *member = find_member(name);
		if (!member && !text_ieq(name, "schemas") && (e = value_unknown(cx, name, in)))
			return e;
		if (!member || is_absent(member, in))
			continue;
		found[n].name = member->name;
		found[n].value = member->text(cx, in);
		if (!found[n++].value)
			return ctx_fail(
				cx, member->err, "'%s' must be %s", member->name, member->type);
	}
	*parameters = found;
	*count = n;
	return SCIM_OK;
}
