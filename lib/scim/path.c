/* SPDX-License-Identifier: MIT */
/*
 * Resolving attribute paths against the schema tables. A URN holds dots and colons itself, so it
 * is cut at the last colon. The filter in brackets is filter.c's.
 */
#include "scim/path.h"

#include "base/text.h"
#include "scim/filter.h"
#include "scim/quirk.h"

/* Longest name quoted in an error; such a detail is answered and logged. */
#define NAME_SHOWN 200

static const struct attr *core_attr(const struct resource_type *rt, const char *name, size_t len)
{
	const struct attr *attr = attr_find(rt->core->attrs, name, len);
	return attr ? attr : attr_find(common_attrs, name, len);
}

/* attr or attr.sub behind the URN of schema, or without any. */
static bool resolve_names(struct ctx *cx, const struct resource_type *rt,
	const struct schema *schema, const char *text, size_t len, struct path *path)
{
	const char *dot = memchr(text, '.', len);
	size_t attr_len = dot ? (size_t)(dot - text) : len;
	struct path found = { 0 };
	bool unqualified = false;
	if (schema != rt->core) {
		found.extension = schema;
		found.attr = attr_find(schema->attrs, text, attr_len);
	} else {
		found.attr = core_attr(rt, text, attr_len);
	}
	if (!found.attr && schema == rt->core) {
		found.attr = attr_find_unqualified(rt, text, attr_len, &found.extension);
		unqualified = true;
	}
	if (!found.attr)
		return false;
	if (dot) {
		found.sub = attr_find(found.attr->subs, dot + 1, len - attr_len - 1);
		if (!found.sub)
			return false;
	}
	/* QUIRK(entra): department for urn:...:User:department */
	if (unqualified && !quirk_allowed(cx, QUIRK_UNQUALIFIED))
		return false;
	*path = found;
	return true;
}

/* The schema with this URN, foreign spellings included; *foreign tells which it was. */
static const struct schema *find_urn(
	const struct resource_type *rt, const char *urn, size_t len, bool *foreign)
{
	const struct schema *schema = schema_find(rt, urn, len);
	*foreign = !schema;
	return schema ? schema : schema_find_foreign(rt, urn, len);
}

/*
 * text holds a colon. No attribute's name does, so the URN is all of it or ends at the last; which
 * of the two is never in doubt, because schema_set_put takes no URN that reads as an attribute.
 */
static bool resolve_urn(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, struct path *path)
{
	const char *colon = memrchr(text, ':', len);
	size_t urn_len = (size_t)(colon - text);
	struct path found = { 0 };
	bool foreign;
	found.extension = find_urn(rt, text, len, &foreign);
	if (!found.extension) {
		const struct schema *schema = find_urn(rt, text, urn_len, &foreign);
		if (!schema || !resolve_names(cx, rt, schema, colon + 1, len - urn_len - 1, &found))
			return false;
	}
	/* 7644 3.5.2: an extension may be addressed as a whole; the core schema may not */
	if (found.extension == rt->core)
		return false;
	if (foreign && !quirk_allowed(cx, QUIRK_FOREIGN_SCHEMA))
		return false;
	*path = found;
	return true;
}

bool path_resolve(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path)
{
	if (memchr(text, ':', len))
		return resolve_urn(cx, rt, text, len, path);
	return resolve_names(cx, rt, rt->core, text, len, path);
}

static bool only_of(const char *text, size_t len, const char *set)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(set, text[i]))
			return false;
	return true;
}

/* What may stand behind attr[filter]: nothing, or a sub-attribute. */
static bool resolve_tail(const char *tail, size_t len, struct path *path)
{
	if (len == 0)
		return true;
	if (tail[0] != '.')
		return false;
	path->sub = attr_find(path->attr->subs, tail + 1, len - 1);
	return path->sub;
}

/* text[len] begins with '[' and path holds what stood before it. */
static enum scim_err parse_brackets(struct ctx *cx, const char *text, size_t len, struct path *path)
{
	/* no name holds ']', so in a path that is right the last one ends the filter */
	const char *close = memrchr(text, ']', len);
	if (!close)
		return ctx_fail(cx, SCIM_INVALID_PATH, "'[' without ']' in the path");
	const char *filter = text + 1;
	size_t filter_len = (size_t)(close - filter);
	if (!path->attr || path->sub || (!path->attr->multi && path->attr->type != T_COMPLEX))
		return ctx_fail(cx, SCIM_INVALID_PATH,
			"a filter selects values of an attribute "
			"that is multi-valued or complex");
	if (only_of(filter, filter_len, " 0123456789"))
		return ctx_fail(cx, SCIM_INVALID_PATH,
			"values of '%s' are selected by a filter, not by position",
			path->attr->name);
	if (!resolve_tail(close + 1, len - (size_t)(close + 1 - text), path))
		return ctx_fail(cx, SCIM_INVALID_PATH,
			"a filter on '%s' is followed by something other than a sub-attribute",
			path->attr->name);
	return filter_parse_values(cx, path->attr, filter, filter_len, &path->filter);
}

enum scim_err path_parse(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, struct path *path)
{
	if (len > (size_t)cx->limits->filter_bytes)
		return ctx_fail(cx, SCIM_INVALID_PATH, "path is longer than %lld bytes",
			(long long)cx->limits->filter_bytes);
	if (!utf8_valid(text, len))
		return ctx_fail(cx, SCIM_INVALID_PATH, "path is not UTF-8");
	const char *open = memchr(text, '[', len);
	size_t name_len = open ? (size_t)(open - text) : len;
	struct path found = { 0 };
	if (!path_resolve(cx, rt, text, name_len, &found)) {
		if (name_len > NAME_SHOWN)
			return ctx_fail(cx, SCIM_INVALID_PATH, "no such attribute");
		return ctx_fail(cx, SCIM_INVALID_PATH, "%s has no attribute '%.*s'", rt->name,
			(int)name_len, text);
	}
	if (open) {
		enum scim_err e = parse_brackets(cx, open, len - name_len, &found);
		if (e)
			return e;
	}
	*path = found;
	return SCIM_OK;
}
