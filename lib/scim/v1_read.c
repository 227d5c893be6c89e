/* SPDX-License-Identifier: MIT */
/*
 * Bodies of SCIM 1.1, by the names of SCIM 2.0 (draft-scim-core-schema-01). What has the same name in both
 * is not touched here: values are value.c's business.
 */
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/quirk.h"
#include "scim/resource.h"
#include "scim/v1.h"
#include "scim/v1_body.h"

#define URN_INTERNAL \
	"urn:scim:schemas:internal:1.0" /* in what PingOne answers, and so in what comes back */

/* Before one after the other is taken out, which moves those behind. */
static enum scim_err check_count(struct ctx *cx, const char *name, struct json_object *list)
{
	if ((int64_t)json_object_array_length(list) <= cx->limits->values)
		return SCIM_OK;
	return ctx_fail(cx, SCIM_INVALID_VALUE, "%s has too many values", name);
}

/* --- schemas --- */

/* The URN that a URN of 1.1 means, for schemas; other text comes back as it is. NULL: it means nothing. */
static const char *urn_in(const struct resource_type *rt, const char *urn)
{
	if (text_ieq(urn, URN_V1_CORE))
		return rt->core->urn;
	if (text_ieq(urn, URN_V1_ENTERPRISE))
		return URN_ENTERPRISE;
	if (text_ieq(urn, URN_PINGONE) || text_ieq(urn, URN_INTERNAL))
		return NULL;
	return urn;
}

static void rename_urns(const struct resource_type *rt, struct json_object *list)
{
	for (size_t i = json_object_array_length(list); i-- > 0;) {
		struct json_object *element = json_object_array_get_idx(list, i);
		if (!json_object_is_type(element, json_type_string))
			continue;
		const char *text = json_object_get_string(element);
		const char *urn = urn_in(rt, text);
		if (!urn)
			json_object_array_del_idx(list, i, 1);
		else if (urn != text)
			json_object_array_put_idx(list, i, json_object_new_string(urn));
	}
}

/* Section 5.1: the core schema needs no mention. */
static enum scim_err rename_schemas(
	struct ctx *cx, const struct resource_type *rt, struct json_object *body)
{
	bool found = false;
	struct json_object *list = json_iget(body, "schemas", &found);
	if (json_object_is_type(list, json_type_array)) {
		if (check_count(cx, "schemas", list))
			return cx->err;
		rename_urns(rt, list);
	}
	if (!value_unassigned(list))
		return SCIM_OK;
	json_object_object_foreach(body, name, value)
	{
		(void)value;
		if (text_ieq(name, "schemas"))
			json_object_object_del(body, name);
	}
	list = json_object_new_array();
	json_object_object_add(body, "schemas", list);
	json_object_array_add(list, json_object_new_string(rt->core->urn));
	return SCIM_OK;
}

/* --- the enterprise extension --- */

/* A new string: the manager's id in the spelling of 2.0. Text that is no id stays. */
static struct json_object *manager_id(struct ctx *cx, struct json_object *in)
{
	const char *text = json_object_get_string(in);
	size_t len = (size_t)json_object_get_string_len(in);
	const char *id = v1_id_in(cx->arena, ID_USER, text, len);
	return id ? json_object_new_string(id) : json_object_new_string_len(text, (int)len);
}

/* The name under which a manager has his id, NULL: none; *named: under how many. */
static const char *id_name(struct json_object *manager, size_t *named)
{
	const char *found = NULL;
	*named = 0;
	json_object_object_foreach(manager, name, value)
	{
		(void)value;
		if (!text_ieq(name, V1_MANAGER_ID) && !text_ieq(name, "value"))
			continue;
		found = name;
		++*named;
	}
	return found;
}

static enum scim_err rename_manager_id(struct ctx *cx, struct json_object *manager)
{
	size_t named = 0;
	const char *name = id_name(manager, &named);
	if (named > 1)
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "manager has both a " V1_MANAGER_ID " and a value");
	if (!name)
		return SCIM_OK;
	struct json_object *value = json_get(manager, name);
	struct json_object *id = json_object_is_type(value, json_type_string)
					 ? manager_id(cx, value)
					 : json_copy(value);
	json_object_object_del(manager, name);
	json_object_object_add(manager, "value", id);
	return SCIM_OK;
}

/* manager may also be a string or an array of one (QUIRK_MANAGER). */
static enum scim_err rename_manager(
	struct ctx *cx, const char *name, struct json_object *value, struct json_object *object)
{
	if (json_object_is_type(value, json_type_string)) {
		json_object_object_add(object, name, manager_id(cx, value));
		return SCIM_OK;
	}
	if (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 1)
		value = json_object_array_get_idx(value, 0);
	if (json_object_is_type(value, json_type_object))
		return rename_manager_id(cx, value);
	return SCIM_OK;
}

/* The manager in a resource, or NULL. */
static struct json_object *manager_of(struct json_object *resource)
{
	struct json_object *extension = resource ? json_get(resource, URN_ENTERPRISE) : NULL;
	return extension ? json_get(extension, "manager") : NULL;
}

/* Do they have the same id, in whatever spelling? */
static bool is_same_manager(struct ctx *cx, struct json_object *a, struct json_object *b)
{
	struct json_object *id_a = json_get(a, "value");
	struct json_object *id_b = json_get(b, "value");
	if (!id_a || !id_b)
		return id_a == id_b;
	struct json_object *known = json_root_object(cx->arena);
	json_object_object_add(known, "a", manager_id(cx, id_a));
	json_object_object_add(known, "b", manager_id(cx, id_b));
	return json_same(json_get(known, "a"), json_get(known, "b"));
}

static void put_copy(struct json_object *object, const char *name, struct json_object *value)
{
	if (value)
		json_object_object_add(object, name, json_copy(value));
}

void v1_settle_manager(struct ctx *cx, struct json_object *before, struct json_object *resource)
{
	struct json_object *old = manager_of(before);
	struct json_object *manager = manager_of(resource);
	if (!old || !manager)
		return;
	if (is_same_manager(cx, old, manager))
		put_copy(manager, "value", json_get(old, "value"));
	else if (json_same(json_get(old, "$ref"), json_get(manager, "$ref")))
		json_object_object_del(manager, "$ref");
}

/*
 * What 1.1 does not answer of a manager cannot be missing in what comes back: he keeps it as long as he is the same,
 * also if it is all there is of him.
 */
static enum scim_err keep_reference(
	struct ctx *cx, const struct resource_type *rt, const struct wish *wish)
{
	struct json_object *old = manager_of(wish->before);
	struct json_object *manager = manager_of(wish->resource);
	struct json_object *reference = old ? json_get(old, "$ref") : NULL;
	if (!reference || (!manager && json_get(old, "value")))
		return SCIM_OK;
	if (manager && (json_get(manager, "$ref") || !is_same_manager(cx, old, manager)))
		return SCIM_OK;
	if (!manager) {
		manager = json_object_new_object();
		json_object_object_add(
			resource_extension(wish->resource, &enterprise_schema), "manager", manager);
	}
	put_copy(manager, "$ref", reference);
	return resource_settle(cx, rt, wish->resource);
}

/* --- PingOne's extension --- */

/* What clients may say of a user's state. */
static const struct state {
	const char *name;
	bool active;
} states[] = {
	{ "ACTIVE", true },
	{ "DISABLED", false },
	{ "INACTIVE", false },
	{ "SUSPENDED", false },
};

static enum scim_err read_state(struct ctx *cx, struct json_object *in, struct v1_said *said)
{
	const char *text = json_object_get_string(in);
	if (!json_object_is_type(in, json_type_string))
		return ctx_fail(cx, SCIM_INVALID_VALUE, "state must be a string");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!text_ieq(states[i].name, text))
			continue;
		said->has_state = true;
		said->active = states[i].active;
		return SCIM_OK;
	}
	return ctx_fail(cx, SCIM_INVALID_VALUE, "state must be ACTIVE or DISABLED");
}

/* What is read-only may come back, whatever it holds; only a user has the others. */
static enum scim_err read_pingone(struct ctx *cx, const struct resource_type *rt,
	struct json_object *in, struct v1_said *said)
{
	struct json_object *scratch = json_root_object(cx->arena);
	enum scim_err e = SCIM_OK;
	if (!in)
		return SCIM_OK;
	if (!json_object_is_type(in, json_type_object))
		return ctx_fail(cx, SCIM_INVALID_VALUE, URN_PINGONE " must be an object");
	json_object_object_foreach(in, name, value)
	{
		const struct attr *attr = attr_find(v1_pingone.attrs, name, strlen(name));
		if (!attr)
			e = value_unknown(cx, name, value);
		else if (rt->kind != KIND_USER || value_unassigned(value))
			continue;
		else if (attr->place == AS_ACTIVE)
			e = read_state(cx, value, said);
		else if (attr->place == AS_MODIFIED)
			said->modified = json_object_is_type(value, json_type_int)
						 ? json_object_get_int64(value)
						 : 0;
		else
			e = value_canonical(cx, attr, value, scratch);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/* --- values --- */

/* Section 3.2: where values have a "value", it alone may stand for one. */
static void rename_values(const struct attr *attr, struct json_object *values)
{
	if (!attr || !attr->multi || attr->place == AS_MEMBERSHIP ||
		!attr_find(attr->subs, "value", strlen("value")) ||
		!json_object_is_type(values, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		struct json_object *value = json_object_array_get_idx(values, i);
		if (!json_object_is_type(value, json_type_string))
			continue;
		struct json_object *object = json_object_new_object();
		json_object_object_add(object, "value", json_object_get(value));
		json_object_array_put_idx(values, i, object);
	}
}

static enum scim_err rename_extension(
	struct ctx *cx, const struct schema *extension, struct json_object *object)
{
	enum scim_err e = SCIM_OK;
	if (!json_object_is_type(object, json_type_object))
		return SCIM_OK;
	json_object_object_foreach(object, name, value)
	{
		const struct attr *attr = attr_find(extension->attrs, name, strlen(name));
		rename_values(attr, value);
		if (strcmp(extension->urn, URN_ENTERPRISE) == 0 && text_ieq(name, "manager"))
			e = rename_manager(cx, name, value, object);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/* Put the enterprise extension under the URN of 2.0. */
static enum scim_err move_enterprise(struct ctx *cx, struct json_object *body, const char *name)
{
	bool found = false;
	json_iget(body, URN_ENTERPRISE, &found);
	if (found)
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "the enterprise extension is there under two URNs");
	struct json_object *value = json_object_get(json_get(body, name));
	json_object_object_del(body, name);
	json_object_object_add(body, URN_ENTERPRISE, value);
	return SCIM_OK;
}

/* The name under which a member of the body stands, case-insensitive; NULL: it is not there. */
static const char *name_in(struct json_object *body, const char *wanted)
{
	json_object_object_foreach(body, name, value)
	{
		(void)value;
		if (text_ieq(name, wanted))
			return name;
	}
	return NULL;
}

static enum scim_err take_pingone(struct ctx *cx, const struct resource_type *rt,
	struct json_object *body, struct v1_said *said)
{
	const char *name = name_in(body, URN_PINGONE);
	if (!name)
		return SCIM_OK;
	enum scim_err e = read_pingone(cx, rt, json_get(body, name), said);
	json_object_object_del(body, name);
	return e;
}

enum scim_err v1_rename(struct ctx *cx, const struct resource_type *rt, struct json_object *body,
	struct v1_said *said)
{
	const char *enterprise = name_in(body, URN_V1_ENTERPRISE);
	*said = (struct v1_said){ .has_state = false };
	enum scim_err e = take_pingone(cx, rt, body, said);
	if (!e && enterprise && schema_find(rt, URN_ENTERPRISE, strlen(URN_ENTERPRISE)))
		e = move_enterprise(cx, body, enterprise);
	if (e || (e = rename_schemas(cx, rt, body)))
		return e;
	json_object_object_foreach(body, name, value)
	{
		const struct schema *extension = schema_find_foreign(rt, name, strlen(name));
		if (extension && extension != rt->core)
			e = rename_extension(cx, extension, value);
		else
			rename_values(resource_attr(rt, name, strlen(name)), value);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/* --- active --- */

static const struct attr *active_attr(const struct resource_type *rt)
{
	for (const struct attr *attr = rt->core->attrs; attr->name; attr++)
		if (attr->place == AS_ACTIVE)
			return attr;
	return NULL;
}

static bool is_active(const struct attr *attr, struct json_object *resource)
{
	struct json_object *value = resource ? json_get(resource, attr->name) : NULL;
	return !value || json_object_get_boolean(value);
}

/* Is the body what was read of an inactive user, with something changed? */
static bool wakes(const struct attr *attr, const struct wish *wish, const struct v1_said *said)
{
	return wish->before && !is_active(attr, wish->before) &&
	       said->modified == wish->modified / MS_US;
}

enum scim_err v1_settle_active(struct ctx *cx, const struct resource_type *rt,
	const struct wish *wish, const struct v1_said *said)
{
	const struct attr *attr = active_attr(rt);
	if (!said->has_state || !attr)
		return SCIM_OK;
	struct json_object *body = wish->body->tree;
	struct json_object *scratch = json_root_object(cx->arena);
	bool active = said->active;
	const char *name = name_in(body, attr->name);
	if (name) {
		enum scim_err e = value_canonical(cx, attr, json_get(body, name), scratch);
		if (e)
			return e;
		json_object_object_del(body, name);
	}
	struct json_object *other = json_get(scratch, attr->name);
	if (other && json_object_get_boolean(other) != active)
		active = wakes(attr, wish, said);
	json_object_object_add(body, attr->name, json_object_new_boolean(active));
	return SCIM_OK;
}

/* --- operations --- */

/* Who sends all values may say of one that it is to go. */
static enum scim_err drop_values(struct ctx *cx, struct json_object *values)
{
	for (size_t i = json_object_array_length(values); i-- > 0;) {
		bool goes = false;
		enum scim_err e =
			v1_take_operation(cx, json_object_array_get_idx(values, i), &goes);
		if (e)
			return e;
		if (goes)
			json_object_array_del_idx(values, i, 1);
	}
	return SCIM_OK;
}

/* extension: whose attributes they are; NULL: those of the resource. */
static enum scim_err drop_from(struct ctx *cx, const struct resource_type *rt,
	const struct schema *extension, struct json_object *object)
{
	enum scim_err e = SCIM_OK;
	json_object_object_foreach(object, name, value)
	{
		size_t len = strlen(name);
		const struct attr *attr = extension ? attr_find(extension->attrs, name, len)
						    : resource_attr(rt, name, len);
		if (attr && attr->multi && json_object_is_type(value, json_type_array) &&
			!(e = check_count(cx, attr->name, value)))
			e = drop_values(cx, value);
		if (e)
			return e;
	}
	return SCIM_OK;
}

static enum scim_err drop_deleted(
	struct ctx *cx, const struct resource_type *rt, struct json_object *body)
{
	enum scim_err e = drop_from(cx, rt, NULL, body);
	json_object_object_foreach(body, name, value)
	{
		const struct schema *extension = schema_find_foreign(rt, name, strlen(name));
		if (!e && extension && json_object_is_type(value, json_type_object))
			e = drop_from(cx, rt, extension, value);
	}
	return e;
}

enum scim_err v1_read(struct ctx *cx, const struct resource_type *rt, struct wish *wish)
{
	struct json_object *body = wish->body->tree;
	struct v1_said said;
	enum scim_err e = v1_rename(cx, rt, body, &said);
	if (!e && rt->has_members)
		e = v1_members(cx, wish->body, true, &wish->plan);
	if (!e)
		e = drop_deleted(cx, rt, body);
	if (!e)
		e = v1_settle_active(cx, rt, wish, &said);
	if (!e)
		e = resource_from_body(cx, rt, body, &wish->resource);
	if (!e)
		e = keep_reference(cx, rt, wish);
	if (!e)
		v1_settle_manager(cx, wish->before, wish->resource);
	return e;
}
