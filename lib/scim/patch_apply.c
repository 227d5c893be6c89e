/* SPDX-License-Identifier: MIT */
/*
 * PATCH on a canonical resource (RFC 7644 section 3.5.2): finds what an operation addresses, asks
 * its mutability, and changes single values; patch_values.c changes lists. Refuses to know the
 * message and the store: a hundred thousand members are not for this module, but for members.c.
 */
#include "scim/patch_apply.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "scim/resource.h"

enum verdict {
	ACCEPT = 0,
	IGNORE,
	REJECT,
	ONCE /* may be assigned, never changed */
};

/*
 * 7643 2.2 mutability, 7644 3.5.2. writeOnly values are checked and dropped by value_canonical.
 * QUIRK(okta, authentik): a value without path carries id, meta and groups.
 */
static const enum verdict verdicts[BY__MAX][M__MAX] = {
	[BY_PATH] = {
		[M_READ_WRITE] = ACCEPT,
		[M_READ_ONLY] = REJECT,
		[M_IMMUTABLE] = ONCE,
		[M_WRITE_ONLY] = ACCEPT,
	},
	[BY_VALUE] = {
		[M_READ_WRITE] = ACCEPT,
		[M_READ_ONLY] = IGNORE,
		[M_IMMUTABLE] = ONCE,
		[M_WRITE_ONLY] = ACCEPT,
	},
};

static enum scim_err mutability(const struct edit *edit, const struct attr *attr, const char *why)
{
	return ctx_fail(edit->cx, SCIM_MUTABILITY, "%s %s", attr->name, why);
}

/* An immutable attribute keeps what it was assigned once. */
static enum scim_err check_once(const struct edit *edit, const struct attr *attr,
	struct json_object *before, struct json_object *object)
{
	if (!before || json_same(before, json_get(object, attr->name)))
		return SCIM_OK;
	return mutability(edit, attr, "is immutable");
}

/* A copy of an immutable attribute's value, NULL for any other. */
static struct json_object *value_before(
	const struct edit *edit, const struct attr *attr, struct json_object *object)
{
	if (verdicts[edit->source][attr->mutability] != ONCE)
		return NULL;
	struct json_object *scratch = json_root_object(edit->cx->arena);
	json_object_object_add(scratch, "before", json_copy(json_get(object, attr->name)));
	return json_get(scratch, "before");
}

/* The object of a complex attribute; made when it is absent (resource_settle drops it). */
static struct json_object *open_complex(struct json_object *object, const char *name)
{
	struct json_object *complex = json_get(object, name);
	if (!complex) {
		complex = json_object_new_object();
		json_object_object_add(object, name, complex);
	}
	return complex;
}

enum scim_err edit_members(const struct edit *edit, const struct attr *attr, struct json_object *in,
	struct json_object *object)
{
	enum scim_err e = SCIM_OK;
	json_object_object_foreach(in, name, value)
	{
		const struct attr *sub = attr_find(attr->subs, name, strlen(name));
		if (!sub)
			e = value_unknown(edit->cx, name, value);
		else if (sub->mutability != M_READ_ONLY)
			e = edit_member(edit, sub, value, object);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/* 3.5.2.1, 3.5.2.3: sub-attributes that the value does not name stay. */
static enum scim_err edit_complex(const struct edit *edit, const struct attr *attr,
	struct json_object *in, struct json_object *object)
{
	const struct attr *sub = attr_find(attr->subs, "value", strlen("value"));
	if (json_object_is_type(in, json_type_object))
		return edit_members(edit, attr, in, open_complex(object, attr->name));
	/* QUIRK(entra): manager as a string */
	if (sub && json_object_is_type(in, json_type_string) &&
		quirk_allowed(edit->cx, QUIRK_MANAGER))
		return edit_member(edit, sub, in, open_complex(object, attr->name));
	return value_canonical(edit->cx, attr, in, object);
}

static enum scim_err assign_member(const struct edit *edit, const struct attr *attr,
	struct json_object *in, struct json_object *object)
{
	in = value_unwrap(edit->cx, attr, in);
	if (value_unassigned(in) || edit->op == PATCH_REMOVE) {
		/* add puts the sub-attributes that are named, and {} names none */
		if (edit->op != PATCH_ADD || attr->type != T_COMPLEX)
			json_object_object_del(object, attr->name);
		return SCIM_OK;
	}
	if (attr->type == T_COMPLEX && !attr->multi)
		return edit_complex(edit, attr, in, object);
	return value_canonical(edit->cx, attr, in, object);
}

enum scim_err edit_member(const struct edit *edit, const struct attr *attr, struct json_object *in,
	struct json_object *object)
{
	struct json_object *before = value_before(edit, attr, object);
	enum scim_err e = assign_member(edit, attr, in, object);
	return e ? e : check_once(edit, attr, before, object);
}

/* Does the operation go on with attr? False with SCIM_OK: it is passed over. */
static bool admit(const struct edit *edit, const struct attr *attr, enum scim_err *e)
{
	enum verdict verdict = verdicts[edit->source][attr->mutability];
	*e = SCIM_OK;
	if (verdict == IGNORE && quirk_allowed(edit->cx, QUIRK_READ_ONLY_VALUE))
		return false;
	if (verdict == IGNORE || verdict == REJECT)
		*e = mutability(edit, attr, "is readOnly");
	return !*e;
}

/*
 * schemas is computed. QUIRK(authentik): it is in values without path; clients also add the URN
 * of an extension before its attributes.
 */
static enum scim_err edit_schemas(const struct edit *edit, const struct attr *attr)
{
	if (edit->op != PATCH_REMOVE && quirk_allowed(edit->cx, QUIRK_READ_ONLY_VALUE))
		return SCIM_OK;
	return mutability(edit, attr, "is computed");
}

static enum scim_err edit_attr(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	const struct path *path = &op->path;
	if (path->attr->multi)
		return edit_values(edit, op, object);
	if (path->filter)
		return ctx_fail(edit->cx, SCIM_INVALID_PATH,
			"a filter selects among values, and %s has only one", path->attr->name);
	if (!path->sub)
		return edit_member(edit, path->attr, op->value, object);
	if (edit->op == PATCH_REMOVE && !json_get(object, path->attr->name))
		return SCIM_OK;
	return edit_member(edit, path->sub, op->value, open_complex(object, path->attr->name));
}

/* An operation whose path names an attribute. */
static enum scim_err edit_path(const struct edit *edit, const struct patch_operation *op)
{
	const struct path *path = &op->path;
	const struct attr *target = path->sub ? path->sub : path->attr;
	enum scim_err e = SCIM_OK;
	if (resource_is_schemas(path->attr))
		return edit_schemas(edit, path->attr);
	if (!admit(edit, path->attr, &e) || !admit(edit, target, &e))
		return e;
	/* 3.5.2.2 */
	if (edit->op == PATCH_REMOVE && target->required && !path->filter)
		return mutability(edit, target, "is required");
	struct json_object *object = path->extension
					     ? resource_extension(edit->resource, path->extension)
					     : edit->resource;
	struct json_object *before = value_before(edit, path->attr, object);
	e = edit_attr(edit, op, object);
	return e ? e : check_once(edit, path->attr, before, object);
}

/* All of an extension, unless something of it may not be changed. */
static enum scim_err remove_extension(const struct edit *edit, const struct schema *extension)
{
	struct json_object *object = json_get(edit->resource, extension->urn);
	const struct attr *kept = object ? resource_immutable(extension->attrs, object) : NULL;
	if (kept)
		return mutability(edit, kept, "is immutable");
	json_object_object_del(edit->resource, extension->urn);
	return SCIM_OK;
}

/* The URN of an extension alone: its attributes, or all of it. */
static enum scim_err edit_extension(
	const struct edit *edit, const struct schema *extension, struct json_object *in)
{
	enum scim_err e = SCIM_OK;
	if (edit->op == PATCH_REMOVE || value_unassigned(in))
		return edit->op == PATCH_ADD ? SCIM_OK : remove_extension(edit, extension);
	if (!json_object_is_type(in, json_type_object))
		return ctx_fail(
			edit->cx, SCIM_INVALID_VALUE, "%s must be an object", extension->urn);
	struct edit inner = *edit;
	inner.source = BY_VALUE;
	json_object_object_foreach(in, name, value)
	{
		struct patch_operation op = {
			.path = { .extension = extension,
				.attr = attr_find(extension->attrs, name, strlen(name)) },
			.has_value = true,
			.value = value,
		};
		e = op.path.attr ? edit_path(&inner, &op) : value_unknown(edit->cx, name, value);
		if (e)
			return e;
	}
	return SCIM_OK;
}

static enum scim_err edit_target(const struct edit *edit, const struct patch_operation *op)
{
	if (op->path.attr)
		return edit_path(edit, op);
	return edit_extension(edit, op->path.extension, op->value);
}

/* One member of a value without path. A key with a filter in it is never passed over unread. */
static enum scim_err edit_key(const struct edit *edit, const char *name, struct json_object *value)
{
	size_t len = strlen(name);
	struct patch_operation op = { .has_value = true, .value = value };
	op.path.attr = resource_attr(edit->rt, name, len);
	if (op.path.attr)
		return edit_path(edit, &op);
	if (strchr(name, '[')) {
		enum scim_err e = path_parse(edit->cx, edit->rt, name, len, &op.path);
		if (e)
			return e;
	} else if (!path_resolve(edit->cx, edit->rt, name, len, &op.path)) {
		return value_unknown(edit->cx, name, value);
	}
	/* QUIRK(entra): "name.givenName", "urn:...:User:department" as keys */
	if (op.path.attr && strpbrk(name, ".:[") && !quirk_allowed(edit->cx, QUIRK_DOTTED_KEY))
		return ctx_fail(edit->cx, SCIM_INVALID_VALUE, "no attribute '%s'", name);
	return edit_target(edit, &op);
}

static enum scim_err edit_pathless(const struct edit *edit, struct json_object *in)
{
	struct edit inner = *edit;
	inner.source = BY_VALUE;
	json_object_object_foreach(in, name, value)
	{
		enum scim_err e = edit_key(&inner, name, value);
		if (e)
			return e;
	}
	return SCIM_OK;
}

enum scim_err patch_one(struct ctx *cx, const struct resource_type *rt,
	const struct patch_operation *op, struct json_object *resource)
{
	struct edit edit = { .cx = cx, .rt = rt, .resource = resource, .op = op->op };
	return op->has_path ? edit_target(&edit, op) : edit_pathless(&edit, op->value);
}

enum scim_err patch_apply(struct ctx *cx, const struct resource_type *rt, const struct patch *patch,
	struct json_object *resource)
{
	for (size_t i = 0; i < patch->count; i++) {
		enum scim_err e = patch_one(cx, rt, &patch->ops[i], resource);
		if (e)
			return e;
	}
	return resource_settle(cx, rt, resource);
}
