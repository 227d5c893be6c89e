/* SPDX-License-Identifier: MIT */
/*
 * PATCH of SCIM 1.1 (draft-scim-api-01 section 3.3.2): a resource in part, merged into what is stored. What
 * meta.attributes names goes first. null and "" take the value of a singular attribute or sub-attribute; {}
 * and [] name nothing and change nothing, as null does where there are several values. Single values are
 * changed as by a 2.0 operation without path, several by v1_values.c.
 */
#include "scim/v1_body.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/patch.h"
#include "scim/quirk.h"
#include "scim/resource.h"
#include "scim/v1.h"

/* What meta.attributes names. */
struct removals {
	struct path *paths;
	size_t count;
};

struct work {
	struct ctx *cx;
	const struct resource_type *rt;
	struct json_object *body; /* by the names of 2.0; what is done goes from it */
	struct json_object *resource;
	struct removals removals;
};

/* --- meta.attributes --- */

static bool is_noted(const struct removals *removals, const struct path *path)
{
	for (size_t i = 0; i < removals->count; i++) {
		const struct path *other = &removals->paths[i];
		if (other->extension == path->extension && other->attr == path->attr &&
			other->sub == path->sub)
			return true;
	}
	return false;
}

/*
 * A name, or as several values are written elsewhere, {"value":"name"}: the SDK of UnboundID sends that. Each is
 * noted once, so that there are no more than attributes.
 */
static enum scim_err read_removal(struct work *work, struct json_object *in)
{
	struct ctx *cx = work->cx;
	bool found = false;
	if (json_object_is_type(in, json_type_object))
		in = json_iget(in, "value", &found);
	struct path *path = &work->removals.paths[work->removals.count];
	const char *text = json_object_get_string(in);
	if (!json_object_is_type(in, json_type_string))
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "meta.attributes must be an array of names");
	size_t len = (size_t)json_object_get_string_len(in);
	if ((int64_t)len > cx->limits->filter_bytes || !v1_path(cx, work->rt, text, len, path))
		return ctx_fail(cx, SCIM_INVALID_PATH, "%s has no attribute '%s'", work->rt->name,
			(int64_t)len > cx->limits->filter_bytes ? "..." : text);
	if (!is_noted(&work->removals, path))
		work->removals.count++;
	return SCIM_OK;
}

static enum scim_err read_removals(struct work *work)
{
	enum scim_err e = SCIM_OK;
	bool found = false;
	struct json_object *meta = json_iget(work->body, "meta", &found);
	if (!json_object_is_type(meta, json_type_object))
		return SCIM_OK;
	struct json_object *list = json_iget(meta, "attributes", &found);
	if (!list)
		return SCIM_OK;
	bool single = json_object_is_type(list, json_type_string);
	if (!json_object_is_type(list, json_type_array) &&
		(!single || !quirk_allowed(work->cx, QUIRK_SINGLE_VALUE)))
		return ctx_fail(work->cx, SCIM_INVALID_VALUE, "meta.attributes must be an array");
	size_t n = single ? 1 : json_object_array_length(list);
	work->removals.paths = arena_alloc(work->cx->arena, n * sizeof(struct path));
	for (size_t i = 0; !e && i < n; i++)
		e = read_removal(work, single ? list : json_object_array_get_idx(list, i));
	return e;
}

/* Is all of an attribute named? */
static bool is_removed(
	const struct removals *removals, const struct schema *extension, const struct attr *attr)
{
	for (size_t i = 0; i < removals->count; i++) {
		const struct path *path = &removals->paths[i];
		if (path->extension == extension && !path->sub &&
			(path->attr == attr || !path->attr))
			return true;
	}
	return false;
}

static bool is_members(const struct work *work, const struct path *path)
{
	return work->rt->has_members && path->attr && path->attr->place == AS_MEMBERSHIP;
}

/* Does the body have a value for what is to be removed? Then it is replaced. */
static bool is_replaced(const struct work *work, const struct path *path)
{
	bool found = false;
	struct json_object *object = work->body;
	if (!path->attr || path->sub)
		return false;
	if (path->extension)
		object = json_iget(object, path->extension->urn, &found);
	if (!json_object_is_type(object, json_type_object))
		return false;
	return !value_unassigned(json_iget(object, path->attr->name, &found));
}

static enum scim_err remove_named(struct work *work)
{
	for (size_t i = 0; i < work->removals.count; i++) {
		const struct path *path = &work->removals.paths[i];
		struct patch_operation op = { .op = PATCH_REMOVE, .has_path = true, .path = *path };
		if (is_members(work, path) && path->sub)
			return ctx_fail(work->cx, SCIM_MUTABILITY,
				"members are added and removed, not changed");
		if (is_members(work, path))
			continue;
		if (path->attr && path->attr->required && is_replaced(work, path))
			continue;
		enum scim_err e = patch_one(work->cx, work->rt, &op, work->resource);
		if (e)
			return e;
	}
	return SCIM_OK;
}

static enum scim_err take_members(struct work *work, struct wish *wish)
{
	bool all = false;
	for (size_t i = 0; i < work->removals.count; i++)
		all |= is_members(work, &work->removals.paths[i]);
	return v1_members(work->cx, wish->body, all, &wish->plan);
}

/* --- the rest of the body --- */

/* Does a value name nothing? */
static bool is_empty(struct json_object *value)
{
	return value_unassigned(value) && (json_object_is_type(value, json_type_object) ||
						  json_object_is_type(value, json_type_array));
}

/* Several values. Where they cannot change freely, it is as 2.0's add. */
static enum scim_err merge_values(struct work *work, const struct schema *extension,
	const struct attr *attr, struct json_object *value)
{
	struct json_object *object = work->resource;
	if (attr->mutability != M_READ_WRITE) {
		struct patch_operation op = {
			.op = PATCH_ADD,
			.has_path = true,
			.path = { .extension = extension, .attr = attr },
			.has_value = true,
			.value = value,
		};
		return patch_one(work->cx, work->rt, &op, work->resource);
	}
	if (extension)
		object = resource_extension(object, extension);
	return v1_merge_values(
		work->cx, attr, value, is_removed(&work->removals, extension, attr), object);
}

/* One member of the body, or of an extension in it. *done: it goes; else it is merged with the others. */
static enum scim_err merge_attr(struct work *work, const struct schema *extension,
	const struct attr *attr, struct json_object *value, bool *done)
{
	bool ignored = attr->mutability == M_READ_ONLY || resource_is_schemas(attr);
	*done = ignored || attr->multi || is_empty(value);
	if (ignored || !attr->multi)
		return SCIM_OK;
	return merge_values(work, extension, attr, value);
}

static enum scim_err merge_extension(
	struct work *work, const struct schema *extension, struct json_object *in)
{
	json_object_object_foreach(in, name, value)
	{
		const struct attr *attr = attr_find(extension->attrs, name, strlen(name));
		bool done = false;
		if (!attr)
			continue;
		enum scim_err e = merge_attr(work, extension, attr, value, &done);
		if (e)
			return e;
		if (done)
			json_object_object_del(in, name);
	}
	return SCIM_OK;
}

/* A key that is no name of the core: a path (QUIRK_DOTTED_KEY), an attribute of an extension without its URN. */
static enum scim_err merge_path(
	struct work *work, const char *name, struct json_object *value, bool *done)
{
	struct path path;
	if (strchr(name, '['))
		return ctx_fail(work->cx, SCIM_INVALID_VALUE, "no attribute '%s'", name);
	if (!path_resolve(work->cx, work->rt, name, strlen(name), &path) || !path.attr)
		return SCIM_OK;
	if (is_members(work, &path))
		return ctx_fail(work->cx, SCIM_INVALID_VALUE, "no attribute '%s'", name);
	if (path.sub || (strpbrk(name, ".:") && !quirk_allowed(work->cx, QUIRK_DOTTED_KEY)))
		return SCIM_OK;
	return merge_attr(work, path.extension, path.attr, value, done);
}

static enum scim_err merge_member(
	struct work *work, const char *name, struct json_object *value, bool *done)
{
	const struct attr *attr = resource_attr(work->rt, name, strlen(name));
	const struct schema *extension = schema_find_foreign(work->rt, name, strlen(name));
	if (attr)
		return merge_attr(work, NULL, attr, value, done);
	if (!extension || extension == work->rt->core)
		return merge_path(work, name, value, done);
	enum scim_err e = SCIM_OK;
	if (json_object_is_type(value, json_type_object))
		e = merge_extension(work, extension, value);
	*done = is_empty(value);
	return e;
}

static enum scim_err merge_body(struct work *work)
{
	struct patch_operation rest = { .op = PATCH_REPLACE, .has_value = true };
	json_object_object_foreach(work->body, name, value)
	{
		bool done = false;
		enum scim_err e = merge_member(work, name, value, &done);
		if (e)
			return e;
		if (done)
			json_object_object_del(work->body, name);
	}
	rest.value = work->body;
	return patch_one(work->cx, work->rt, &rest, work->resource);
}

enum scim_err v1_patch(struct ctx *cx, const struct resource_type *rt, struct wish *wish)
{
	struct work work = {
		.cx = cx,
		.rt = rt,
		.body = wish->body->tree,
		.resource = wish->resource,
	};
	struct v1_said said;
	enum scim_err e = v1_rename(cx, rt, work.body, &said);
	if (!e)
		e = read_removals(&work);
	if (!e && rt->has_members)
		e = take_members(&work, wish);
	if (!e)
		e = v1_settle_active(cx, rt, wish, &said);
	if (!e)
		e = remove_named(&work);
	if (!e)
		e = merge_body(&work);
	if (!e)
		v1_settle_manager(cx, wish->before, work.resource);
	return e ? e : resource_settle(cx, rt, work.resource);
}
