/* SPDX-License-Identifier: MIT */
/*
 * Whole resources in canonical form: which attributes there are, the schemas they belong to, what
 * is required. Values are value.c's business. Refuses to know ids, meta and memberships: the store
 * keeps those.
 */
#include "scim/resource.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"

static const char schemas_name[] = "schemas";

/* An unknown URN in schemas, or a foreign spelling of a known one, is passed over. */
static enum scim_err check_schema_list(
	struct ctx *cx, const struct resource_type *rt, struct json_object *list)
{
	bool known = false;
	bool tolerated = true;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *urn = json_object_array_get_idx(list, i);
		if (!json_object_is_type(urn, json_type_string))
			return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas must hold strings");
		const char *text = json_object_get_string(urn);
		if (schema_find(rt, text, strlen(text)))
			known = true;
		else
			/* QUIRK(entra, onelogin, google): vendor and draft URNs */
			tolerated = quirk_allowed(cx, QUIRK_FOREIGN_SCHEMA);
	}
	if (!known && !tolerated)
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas names no schema of %s", rt->name);
	return SCIM_OK;
}

/* 7643 3: schemas is required. What it says is only checked: the stored one is computed. */
static enum scim_err check_schemas(
	struct ctx *cx, const struct resource_type *rt, struct json_object *body)
{
	bool found = false;
	struct json_object *list = json_iget(body, schemas_name, &found);
	if (value_unassigned(list)) {
		if (quirk_allowed(cx, QUIRK_NO_SCHEMAS))
			return SCIM_OK;
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas is required");
	}
	if (json_object_is_type(list, json_type_array))
		return check_schema_list(cx, rt, list);
	if (json_object_is_type(list, json_type_string) && quirk_allowed(cx, QUIRK_SINGLE_VALUE))
		return SCIM_OK;
	return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas must be an array of strings");
}

/* The extension a member of the root is, by its URN or a foreign spelling of it. */
static const struct schema *find_extension(
	struct ctx *cx, const struct resource_type *rt, const char *name)
{
	const struct schema *schema = schema_find(rt, name, strlen(name));
	if (!schema) {
		schema = schema_find_foreign(rt, name, strlen(name));
		/* QUIRK(onelogin): the extension under the URN of a draft */
		if (schema && !quirk_allowed(cx, QUIRK_FOREIGN_SCHEMA))
			return NULL;
	}
	return schema == rt->core ? NULL : schema;
}

struct json_object *resource_extension(struct json_object *resource, const struct schema *extension)
{
	struct json_object *object = json_get(resource, extension->urn);
	if (!object) {
		object = json_object_new_object();
		json_object_object_add(resource, extension->urn, object);
	}
	return object;
}

static enum scim_err put_extension(struct ctx *cx, const struct schema *extension,
	struct json_object *in, struct json_object *resource)
{
	enum scim_err e = SCIM_OK;
	if (value_unassigned(in))
		return SCIM_OK;
	if (!json_object_is_type(in, json_type_object))
		return ctx_fail(cx, SCIM_INVALID_VALUE, "%s must be an object", extension->urn);
	struct json_object *object = resource_extension(resource, extension);
	json_object_object_foreach(in, name, value)
	{
		const struct attr *attr = attr_find(extension->attrs, name, strlen(name));
		if (attr)
			e = value_canonical(cx, attr, value, object);
		else
			e = value_unknown(cx, name, value);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/* A member of the root that the core does not have. */
static enum scim_err put_foreign(struct ctx *cx, const struct resource_type *rt, const char *name,
	struct json_object *in, struct json_object *resource)
{
	if (!in)
		return SCIM_OK; /* QUIRK(entra): "department": null at the root */
	const struct schema *extension = find_extension(cx, rt, name);
	if (extension)
		return put_extension(cx, extension, in, resource);
	const struct attr *attr = attr_find_unqualified(rt, name, strlen(name), &extension);
	if (attr && quirk_allowed(cx, QUIRK_UNQUALIFIED))
		return value_canonical(cx, attr, in, resource_extension(resource, extension));
	return value_unknown(cx, name, in);
}

const struct attr *resource_attr(const struct resource_type *rt, const char *name, size_t len)
{
	const struct attr *attr = attr_find(common_attrs, name, len);
	return attr ? attr : attr_find(rt->core->attrs, name, len);
}

enum scim_err resource_from_body(struct ctx *cx, const struct resource_type *rt,
	struct json_object *body, struct json_object **resource)
{
	enum scim_err e = check_schemas(cx, rt, body);
	if (e)
		return e;
	struct json_object *root = json_root_object(cx->arena);
	json_object_object_add(root, schemas_name, json_object_new_array());
	json_object_object_foreach(body, name, value)
	{
		const struct attr *attr = resource_attr(rt, name, strlen(name));
		if (!attr)
			e = put_foreign(cx, rt, name, value, root);
		else if (!resource_is_schemas(attr))
			e = value_canonical(cx, attr, value, root);
		if (e)
			return e;
	}
	if ((e = resource_settle(cx, rt, root)))
		return e;
	*resource = root;
	return SCIM_OK;
}

/* By its row: an extension may have an attribute of that name. */
bool resource_is_schemas(const struct attr *attr)
{
	return attr == attr_find(common_attrs, schemas_name, sizeof(schemas_name) - 1);
}

/* Drop what is empty among the attributes of an object; settle multi-valued ones. */
static void settle_attrs(struct arena *arena, const struct attr *attrs, struct json_object *object)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		struct json_object *value = json_get(object, attr->name);
		if (attr->multi && value)
			values_settle(arena, value);
		if (value_unassigned(value))
			json_object_object_del(object, attr->name);
	}
}

static bool is_blank(struct json_object *value)
{
	if (value_unassigned(value))
		return true;
	if (!json_object_is_type(value, json_type_string))
		return false;
	const char *text = json_object_get_string(value);
	return text[strspn(text, " \t\r\n\v\f")] == '\0';
}

static enum scim_err check_required(struct ctx *cx, const struct attr *parent,
	const struct attr *attrs, struct json_object *object);

static bool has_required(const struct attr *attrs)
{
	for (const struct attr *attr = attrs; attr->name; attr++)
		if (attr->required)
			return true;
	return false;
}

/* Each value of a complex attribute must have the sub-attributes that are required of it. */
static enum scim_err check_subs(struct ctx *cx, const struct attr *attr, struct json_object *value)
{
	enum scim_err e = SCIM_OK;
	if (!attr->multi)
		return check_required(cx, attr, attr->subs, value);
	for (size_t i = 0; !e && i < json_object_array_length(value); i++)
		e = check_required(cx, attr, attr->subs, json_object_array_get_idx(value, i));
	return e;
}

/* parent: the attribute that attrs are the sub-attributes of; NULL: of none. */
static enum scim_err check_required(struct ctx *cx, const struct attr *parent,
	const struct attr *attrs, struct json_object *object)
{
	enum scim_err e = SCIM_OK;
	for (const struct attr *attr = attrs; !e && attr->name; attr++) {
		struct json_object *value = json_get(object, attr->name);
		if (attr->required && is_blank(value))
			return ctx_fail(cx, SCIM_INVALID_VALUE, "%s%s%s is required",
				parent ? parent->name : "", parent ? "." : "", attr->name);
		if (value && attr->type == T_COMPLEX && has_required(attr->subs))
			e = check_subs(cx, attr, value);
	}
	return e;
}

static void add_default(const struct resource_type *rt, struct json_object *resource)
{
	for (const struct attr *attr = rt->core->attrs; attr->name; attr++)
		if (attr->place == AS_ACTIVE && !json_get(resource, attr->name))
			json_object_object_add(resource, attr->name, json_object_new_boolean(true));
}

/* One extension of a resource: dropped when it is empty, else named in schemas. */
static enum scim_err settle_extension(
	struct ctx *cx, const struct resource_type *rt, size_t i, struct json_object *resource)
{
	const struct schema *extension = rt->extensions[i];
	struct json_object *object = json_get(resource, extension->urn);
	if (object)
		settle_attrs(cx->arena, extension->attrs, object);
	if (value_unassigned(object)) {
		json_object_object_del(resource, extension->urn);
		if (rt->required && rt->required[i])
			return ctx_fail(cx, SCIM_INVALID_VALUE, "%s is required", extension->urn);
		return SCIM_OK;
	}
	json_object_array_add(
		json_get(resource, schemas_name), json_object_new_string(extension->urn));
	return check_required(cx, NULL, extension->attrs, object);
}

enum scim_err resource_settle(
	struct ctx *cx, const struct resource_type *rt, struct json_object *resource)
{
	enum scim_err e = SCIM_OK;
	struct json_object *schemas = json_object_new_array();
	json_object_object_add(resource, schemas_name, schemas);
	json_object_array_add(schemas, json_object_new_string(rt->core->urn));
	settle_attrs(cx->arena, common_attrs, resource);
	settle_attrs(cx->arena, rt->core->attrs, resource);
	add_default(rt, resource);
	for (size_t i = 0; rt->extensions[i]; i++)
		if ((e = settle_extension(cx, rt, i, resource)))
			return e;
	return check_required(cx, NULL, rt->core->attrs, resource);
}

const struct attr *resource_immutable(const struct attr *attrs, struct json_object *object)
{
	for (const struct attr *attr = attrs; attr->name; attr++)
		if (attr->mutability == M_IMMUTABLE && json_get(object, attr->name))
			return attr;
	return NULL;
}

/*
 * What an object replaces must be what it was, where it is immutable. An extension that comes back
 * for that (kept) brings what is required of it along: who does not know it must not be refused.
 */
static enum scim_err keep_attrs(struct ctx *cx, const struct attr *attrs,
	struct json_object *before, struct json_object *after, bool kept)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		struct json_object *old = json_get(before, attr->name);
		struct json_object *value = json_get(after, attr->name);
		bool keeps = attr->mutability == M_IMMUTABLE || (kept && attr->required);
		if (!keeps || !old || json_same(old, value))
			continue;
		if (value)
			return ctx_fail(cx, SCIM_MUTABILITY, "%s is immutable", attr->name);
		json_object_object_add(after, attr->name, json_copy(old));
	}
	return SCIM_OK;
}

enum scim_err resource_keep_immutable(struct ctx *cx, const struct resource_type *rt,
	struct json_object *before, struct json_object *after)
{
	enum scim_err e = keep_attrs(cx, rt->core->attrs, before, after, false);
	for (size_t i = 0; !e && rt->extensions[i]; i++) {
		const struct schema *extension = rt->extensions[i];
		struct json_object *old = json_get(before, extension->urn);
		bool kept = !json_get(after, extension->urn);
		if (old && resource_immutable(extension->attrs, old))
			e = keep_attrs(cx, extension->attrs, old,
				resource_extension(after, extension), kept);
	}
	return e ? e : resource_settle(cx, rt, after);
}

const char *resource_text(struct arena *arena, struct json_object *resource, size_t *len)
{
	struct buf buf;
	buf_init(&buf, arena, 1024);
	json_print(&buf, resource);
	*len = buf.len;
	return buf.data;
}
