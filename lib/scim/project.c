/* SPDX-License-Identifier: MIT */
/*
 * The text of one resource, whole or in part. Refuses to know where the stored text comes from and
 * what a request is; which attributes are answered is decided by their rows ("returned") and the
 * two parameters alone.
 */
#include "scim/project.h"

#include <inttypes.h>

#include "base/cursor.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/membership.h"

static size_t name_length(const char *list)
{
	return strcspn(list, ",");
}

static bool is_same_path(const struct path *a, const struct path *b)
{
	return a->extension == b->extension && a->attr == b->attr && a->sub == b->sub;
}

/* Each path once: every value of a page is held against the list. */
static bool is_new(const struct path *paths, size_t count, const struct path *path)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_path(&paths[i], path))
			return false;
	return true;
}

void projection_list(struct ctx *cx, const struct resource_type *rt, path_resolver *resolve,
	const char *list, struct projection *projection)
{
	size_t most = 1;
	for (const char *s = list; *s; s++)
		most += *s == ',';
	struct path *paths = arena_alloc(cx->arena, most * sizeof(*paths));
	for (;;) {
		size_t len = name_length(list);
		size_t blank = strspn(list, " ");
		size_t end = len;
		while (end > blank && list[end - 1] == ' ')
			end--;
		struct path *path = &paths[projection->count];
		if (end > blank && resolve(cx, rt, list + blank, end - blank, path))
			projection->count += is_new(paths, projection->count, path);
		if (!list[len])
			break;
		list += len + 1;
	}
	projection->paths = paths;
}

enum scim_err projection_parse(struct ctx *cx, const struct resource_type *rt,
	const char *attributes, const char *excluded, struct projection *projection)
{
	*projection = (struct projection){ .only = attributes != NULL };
	if (attributes && excluded)
		return ctx_fail(cx, SCIM_INVALID_VALUE,
			"attributes and excludedAttributes cannot be used together");
	const char *list = attributes ? attributes : excluded;
	if (list)
		projection_list(cx, rt, path_resolve, list, projection);
	return SCIM_OK;
}

/* How much of an attribute is answered. */
enum share {
	SHARE_NONE,
	SHARE_PART, /* some sub-attributes */
	SHARE_WHOLE
};

/* How much of an attribute the paths name. */
static enum share named(
	const struct projection *p, const struct schema *extension, const struct attr *attr)
{
	enum share share = SHARE_NONE;
	for (size_t i = 0; i < p->count; i++) {
		const struct path *path = &p->paths[i];
		bool here = path->attr ? path->attr == attr : path->extension == extension;
		if (here && !path->sub)
			return SHARE_WHOLE;
		if (here)
			share = SHARE_PART;
	}
	return share;
}

/* 7643 2.2 "returned" and 7644 3.9, for one attribute of the resource or of an extension. */
static enum share share_of(
	const struct projection *p, const struct schema *extension, const struct attr *attr)
{
	static const enum share left[] = {
		[SHARE_NONE] = SHARE_WHOLE,
		[SHARE_PART] = SHARE_PART,
		[SHARE_WHOLE] = SHARE_NONE,
	};
	if (attr->returned == R_NEVER)
		return SHARE_NONE;
	if (attr->returned == R_ALWAYS)
		return SHARE_WHOLE;
	if (p->only)
		return named(p, extension, attr);
	if (attr->returned == R_REQUEST)
		return SHARE_NONE;
	return left[named(p, extension, attr)];
}

/* Is a sub-attribute of attr answered, given how much of attr is? Tables of subs may be shared. */
static bool wants_sub(const struct projection *p, const struct attr *attr, const struct attr *sub,
	enum share share)
{
	if (sub->returned == R_NEVER)
		return false;
	if (sub->returned == R_ALWAYS)
		return true;
	bool is_named = false;
	for (size_t i = 0; i < p->count; i++)
		is_named = is_named || (p->paths[i].attr == attr && p->paths[i].sub == sub);
	if (p->only)
		return is_named || (share == SHARE_WHOLE && sub->returned == R_DEFAULT);
	return !is_named && sub->returned == R_DEFAULT;
}

/* Printing in part: what is wanted, and where it goes. */
struct view {
	struct buf *buf;
	const struct projection *projection;
	const struct resource_type *rt;
};

/* Does part of the value have to be held back because of its sub-attributes? */
static bool hides_subs(const struct attr *attr)
{
	if (attr->type != T_COMPLEX)
		return false;
	for (const struct attr *sub = attr->subs; sub->name; sub++)
		if (sub->returned == R_NEVER || sub->returned == R_REQUEST)
			return true;
	return false;
}

/* The wanted sub-attributes of a complex value; nothing, and false, when there is none. */
static bool print_subs(const struct view *view, const struct attr *attr, enum share share,
	struct json_object *object)
{
	char separator = '{';
	json_object_object_foreach(object, name, value)
	{
		const struct attr *sub = attr_find(attr->subs, name, strlen(name));
		if (!sub || !wants_sub(view->projection, attr, sub, share))
			continue;
		buf_putc(view->buf, separator);
		buf_jsons(view->buf, name);
		buf_putc(view->buf, ':');
		json_print(view->buf, value);
		separator = ',';
	}
	if (separator == ',')
		buf_putc(view->buf, '}');
	return separator == ',';
}

/* A multi-valued complex attribute; values of which nothing is left are dropped. */
static bool print_values(const struct view *view, const struct attr *attr, enum share share,
	struct json_object *values)
{
	bool any = false;
	buf_putc(view->buf, '[');
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		size_t before = view->buf->len;
		if (any)
			buf_putc(view->buf, ',');
		if (print_subs(view, attr, share, json_object_array_get_idx(values, i)))
			any = true;
		else
			buf_cut(view->buf, before);
	}
	buf_putc(view->buf, ']');
	return any;
}

/* ,"name":value as far as it is wanted; nothing when nothing of it is. */
static void print_attr(const struct view *view, const struct schema *extension,
	const struct attr *attr, struct json_object *value)
{
	enum share share = share_of(view->projection, extension, attr);
	if (share == SHARE_NONE)
		return;
	size_t before = view->buf->len;
	bool any = true;
	buf_putc(view->buf, ',');
	buf_jsons(view->buf, attr->name);
	buf_putc(view->buf, ':');
	if (attr->type != T_COMPLEX || (share == SHARE_WHOLE && !hides_subs(attr)))
		json_print(view->buf, value);
	else if (attr->multi)
		any = print_values(view, attr, share, value);
	else
		any = print_subs(view, attr, share, value);
	if (!any)
		buf_cut(view->buf, before);
}

static void print_extension(
	const struct view *view, const struct schema *extension, struct json_object *object)
{
	size_t before = view->buf->len;
	buf_putc(view->buf, ',');
	buf_jsons(view->buf, extension->urn);
	buf_putc(view->buf, ':');
	size_t open = view->buf->len;
	json_object_object_foreach(object, name, value)
	{
		const struct attr *attr = attr_find(extension->attrs, name, strlen(name));
		if (attr)
			print_attr(view, extension, attr, value);
	}
	if (view->buf->len == open) {
		buf_cut(view->buf, before);
		return;
	}
	view->buf->data[open] = '{';
	buf_putc(view->buf, '}');
}

static void print_members(const struct view *view, struct json_object *object)
{
	json_object_object_foreach(object, name, value)
	{
		size_t len = strlen(name);
		const struct attr *attr = attr_find(common_attrs, name, len);
		if (!attr)
			attr = attr_find(view->rt->core->attrs, name, len);
		const struct schema *schema = attr ? NULL : schema_find(view->rt, name, len);
		if (attr)
			print_attr(view, NULL, attr, value);
		else if (schema)
			print_extension(view, schema, value);
	}
}

/* ,"groups":[...] or ,"members":[...] as far as it is wanted. */
static void print_memberships(
	const struct view *view, const char *base, const struct stored *stored)
{
	const struct attr *attr = membership_attr(view->rt);
	enum share share = share_of(view->projection, NULL, attr);
	struct membership_look look = { .base = base, .print = membership_print };
	bool any = false;
	if (share == SHARE_NONE || !stored->memberships)
		return;
	for (const struct attr *sub = attr->subs; sub->name; sub++) {
		bool wanted = wants_sub(view->projection, attr, sub, share);
		look.parts[membership_part(sub)] = wanted;
		any = any || wanted;
	}
	if (!any)
		return;
	buf_putc(view->buf, ',');
	buf_jsons(view->buf, attr->name);
	buf_putc(view->buf, ':');
	memberships_print(view->buf, &look, stored->memberships, stored->memberships_len);
}

bool projection_wants_memberships(
	const struct projection *projection, const struct resource_type *rt)
{
	return share_of(projection, NULL, membership_attr(rt)) != SHARE_NONE;
}

bool projection_wants(const struct projection *projection, const struct schema *extension,
	const struct attr *attr, const struct attr *sub)
{
	enum share share = share_of(projection, extension, attr);
	return share != SHARE_NONE && (!sub || wants_sub(projection, attr, sub, share));
}

const char *etag_print(struct arena *arena, int64_t version)
{
	return arena_printf(arena, "W/\"%" PRId64 "\"", version);
}

/* "meta":{...}, RFC 7643 section 3.1. */
static void print_meta(struct buf *buf, const struct resource_type *rt, const char *base,
	const struct stored *stored)
{
	char created[TIME_TEXT];
	char modified[TIME_TEXT];
	time_print(stored->created, created);
	time_print(stored->modified, modified);
	buf_printf(buf, "\"meta\":{\"resourceType\":\"%s\",\"created\":\"%s\",", rt->name, created);
	buf_printf(buf, "\"lastModified\":\"%s\",\"location\":", modified);
	buf_jsons(buf, arena_printf(buf->arena, "%s%s/%s", base, rt->endpoint, stored->id));
	buf_printf(buf, ",\"version\":\"W/\\\"%" PRId64 "\\\"\"}", stored->version);
}

/* Does a row say that the stored text must not be answered as it is? */
static bool holds_back(const struct resource_type *rt, const struct attr *attrs)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		bool hidden = attr->returned == R_NEVER || attr->returned == R_REQUEST;
		if (attr->place != AS_NOTHING && (hidden || hides_subs(attr)))
			return true;
	}
	if (attrs != rt->core->attrs)
		return false;
	for (size_t i = 0; rt->extensions[i]; i++)
		if (holds_back(rt, rt->extensions[i]->attrs))
			return true;
	return false;
}

bool projection_is_whole(const struct projection *projection, const struct resource_type *rt)
{
	return !projection->only && projection->count == 0 && !holds_back(rt, rt->core->attrs);
}

void resource_print(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct origin *origin,
	const struct stored *stored)
{
	const char *base = origin->base;
	struct view view = { .buf = buf, .projection = projection, .rt = rt };
	buf_puts(buf, "{\"id\":");
	buf_jsons(buf, stored->id);
	if (projection_is_whole(projection, rt)) {
		buf_putc(buf, ',');
		buf_put(buf, stored->doc + 1, stored->doc_len - 2);
		print_memberships(&view, base, stored);
		buf_putc(buf, ',');
		print_meta(buf, rt, base, stored);
		buf_putc(buf, '}');
		return;
	}
	struct arena *scratch = arena_new(); /* a page has many trees, and needs one at a time */
	struct buf meta;
	buf_init(&meta, scratch, 0);
	buf_putc(&meta, '{');
	print_meta(&meta, rt, base, stored);
	buf_putc(&meta, '}');
	print_members(&view, json_parse_stored(scratch, stored->doc, stored->doc_len));
	print_memberships(&view, base, stored);
	print_members(&view, json_parse_stored(scratch, meta.data, meta.len));
	buf_putc(buf, '}');
	arena_free(scratch);
}

/* ,"name":value of each stored attribute, as it stands there. */
static void splice_attributes(struct buf *buf, const struct stored *stored)
{
	struct cursor cursor = cursor_of(stored->doc, stored->doc_len);
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice key = cursor_key(&cursor);
		struct json_slice value = cursor_take(&cursor);
		if (slice_is(key, "schemas", strlen("schemas")))
			continue;
		buf_putc(buf, ',');
		buf_put(buf, key.text, key.len);
		buf_putc(buf, ':');
		buf_put(buf, value.text, value.len);
	}
}

/* Make the members that stand behind open, each with its comma, an object. */
static void close_object(struct buf *buf, size_t open)
{
	if (buf->len == open)
		buf_putc(buf, '{');
	buf->data[open] = '{';
	buf_putc(buf, '}');
}

void attributes_print_wanted(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct stored *stored)
{
	struct view view = { .buf = buf, .projection = projection, .rt = rt };
	struct arena *scratch = arena_new();
	struct json_object *tree = json_parse_stored(scratch, stored->doc, stored->doc_len);
	size_t open = buf->len;
	json_object_object_del(tree, "schemas");
	print_members(&view, tree);
	close_object(buf, open);
	arena_free(scratch);
}

void attributes_print(struct buf *buf, const struct resource_type *rt, const struct stored *stored)
{
	static const struct projection all = { .only = false };
	size_t open = buf->len;
	if (holds_back(rt, rt->core->attrs)) {
		attributes_print_wanted(buf, rt, &all, stored);
		return;
	}
	splice_attributes(buf, stored);
	close_object(buf, open);
}

/*
 * One entity tag at *list: moves behind it and sets its opaque text. False when there is none.
 * 9110 8.8.3: etagc is any visible octet but the double quote.
 */
static bool read_etag(const char **list, const char **tag, size_t *len)
{
	const char *s = *list;
	if (s[0] == 'W' && s[1] == '/')
		s += 2;
	if (*s != '"')
		return false;
	const char *open = ++s;
	while ((unsigned char)*s > 0x20 && *s != '"' && *s != 0x7f)
		s++;
	if (*s != '"')
		return false;
	*tag = open;
	*len = (size_t)(s - open);
	*list = s + 1;
	return true;
}

bool etag_matches(const char *list, int64_t version)
{
	char want[24];
	bool found = false;
	int want_len = snprintf(want, sizeof(want), "%" PRId64, version);
	list += strspn(list, " \t");
	if (*list == '*')
		return list[1 + strspn(list + 1, " \t")] == '\0';
	/* 9110 5.6.1.2: empty elements of a list are passed over */
	for (list += strspn(list, ", \t"); *list; list += strspn(list, ", \t")) {
		const char *tag = NULL;
		size_t len = 0;
		if (!read_etag(&list, &tag, &len))
			return false;
		if (len == (size_t)want_len && memcmp(tag, want, len) == 0)
			found = true;
		list += strspn(list, " \t");
		if (*list && *list != ',')
			return false;
	}
	return found;
}
