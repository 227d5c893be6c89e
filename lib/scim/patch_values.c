/* SPDX-License-Identifier: MIT */
/*
 * PATCH on the values of one multi-valued attribute (RFC 7644 section 3.5.2): all of them, those a
 * filter selects, or those a value lists. Refuses to know whether the attribute may be changed at
 * all: patch_apply.c has asked.
 */
#include "base/json.h"
#include "base/text.h"
#include "scim/match.h"
#include "scim/patch_apply.h"
#include "scim/quirk.h"
#include "scim/resource.h"

/* The array of a multi-valued attribute; made when it is absent (resource_settle drops it). */
static struct json_object *open_values(struct json_object *object, const struct attr *attr)
{
	struct json_object *values = json_get(object, attr->name);
	if (!values) {
		values = json_object_new_array();
		json_object_object_add(object, attr->name, values);
	}
	return values;
}

/* What a client sent for attr, as a canonical array in the arena; NULL: nothing. */
static enum scim_err canonical_values(const struct edit *edit, const struct attr *attr,
	struct json_object *in, struct json_object **values)
{
	struct json_object *scratch = json_root_object(edit->cx->arena);
	enum scim_err e = value_canonical(edit->cx, attr, in, scratch);
	*values = e ? NULL : json_get(scratch, attr->name);
	return e;
}

static bool same_member(struct json_object *a, struct json_object *b, const char *name)
{
	return json_same(json_get(a, name), json_get(b, name));
}

/*
 * Do two values stand for one (3.5.2.1: what is already there is not added)? Those of the same
 * "value" and "type" (7643 2.4), others when equal.
 */
static bool is_twin(const struct attr *attr, struct json_object *a, struct json_object *b)
{
	if (attr->type != T_COMPLEX)
		return json_same(a, b);
	if (!json_get(a, "value"))
		return value_same_but_primary(a, b);
	return same_member(a, b, "value") && same_member(a, b, "type");
}

/* Twins have equal hashes: adding thousands of values to thousands must not compare them all. */
static uint64_t twin_hash(const struct attr *attr, struct json_object *value)
{
	if (attr->type != T_COMPLEX)
		return value_hash(value);
	uint64_t hash = value_hash(json_get(value, "value"));
	if (json_get(value, "value"))
		return hash + 31 * value_hash(json_get(value, "type"));
	json_object_object_foreach(value, name, member)
	{
		if (strcmp(name, "primary") != 0)
			hash += value_hash(member);
	}
	return hash;
}

/* The values of an attribute while others are added. */
struct roster {
	const struct attr *attr;
	struct json_object *values;
	uint64_t *hashes; /* twin_hash of each, with room for those to come; NULL: for one only */
};

static void roster_init(struct roster *roster, const struct edit *edit, const struct attr *attr,
	struct json_object *values, size_t room)
{
	size_t n = json_object_array_length(values);
	*roster = (struct roster){ .attr = attr, .values = values };
	if (room < 2)
		return;
	roster->hashes = arena_alloc(edit->cx->arena, (n + room) * sizeof(uint64_t));
	for (size_t i = 0; i < n; i++)
		roster->hashes[i] = twin_hash(attr, json_object_array_get_idx(values, i));
}

/* The position of a value's twin, or behind the last. */
static size_t roster_find(const struct roster *roster, struct json_object *value, uint64_t hash)
{
	size_t n = json_object_array_length(roster->values);
	for (size_t i = 0; i < n; i++)
		if ((!roster->hashes || roster->hashes[i] == hash) &&
			is_twin(roster->attr, value, json_object_array_get_idx(roster->values, i)))
			return i;
	return n;
}

/* Put the members of from into value; what is immutable is kept. */
static void merge_value(
	const struct attr *attr, struct json_object *value, struct json_object *from)
{
	json_object_object_foreach(from, name, member)
	{
		const struct attr *sub = attr_find(attr->subs, name, strlen(name));
		if (!json_get(value, name) || sub->mutability != M_IMMUTABLE)
			json_object_object_add(value, name, json_copy(member));
	}
}

static enum scim_err add_value(
	const struct edit *edit, struct roster *roster, struct json_object *value)
{
	const struct attr *attr = roster->attr;
	uint64_t hash = twin_hash(attr, value);
	size_t n = json_object_array_length(roster->values);
	size_t i = roster_find(roster, value, hash);
	if (i == n && (int64_t)n >= edit->cx->limits->values)
		return ctx_fail(edit->cx, SCIM_INVALID_VALUE, "%s has too many values", attr->name);
	if (i == n) {
		json_object_array_add(roster->values, json_copy(value));
		if (roster->hashes)
			roster->hashes[i] = hash;
	} else if (attr->type == T_COMPLEX) {
		merge_value(attr, json_object_array_get_idx(roster->values, i), value);
	}
	/* 3.5.2: a new primary value takes it from the others */
	if (value_is_primary(value))
		resource_set_primary(roster->values, i);
	return SCIM_OK;
}

static enum scim_err add_values(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	const struct attr *attr = op->path.attr;
	struct roster roster;
	struct json_object *list = NULL;
	enum scim_err e = canonical_values(edit, attr, op->value, &list);
	if (e || !list)
		return e;
	size_t n = json_object_array_length(list);
	roster_init(&roster, edit, attr, open_values(object, attr), n);
	for (size_t i = 0; i < n; i++)
		if ((e = add_value(edit, &roster, json_object_array_get_idx(list, i))))
			return e;
	return SCIM_OK;
}

static enum scim_err replace_values(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	json_object_object_del(object, op->path.attr->name);
	return value_canonical(edit->cx, op->path.attr, op->value, object);
}

/* What a value is removed by: its "value", compared as a filter would; NULL: it has none. */
static const char *removal_key(
	const struct edit *edit, const struct attr *attr, struct json_object *value)
{
	size_t len = 0;
	if (attr->type != T_COMPLEX)
		return value_key(edit->cx->arena, attr, value, &len);
	const struct attr *sub = attr_find(attr->subs, "value", strlen("value"));
	struct json_object *member = json_get(value, "value");
	return member ? value_key(edit->cx->arena, sub, member, &len) : NULL;
}

static int key_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is to be removed: by key, sorted, or, without one, by all of it. */
struct removal {
	struct json_object *list;
	const char **keys;
	size_t count;
};

static void removal_init(struct removal *removal, const struct edit *edit, const struct attr *attr,
	struct json_object *list)
{
	size_t n = json_object_array_length(list);
	*removal = (struct removal){
		.list = list,
		.keys = arena_alloc(edit->cx->arena, n * sizeof(const char *)),
	};
	for (size_t i = 0; i < n; i++) {
		const char *key = removal_key(edit, attr, json_object_array_get_idx(list, i));
		if (key)
			removal->keys[removal->count++] = key;
	}
	qsort(removal->keys, removal->count, sizeof(*removal->keys), key_order);
}

static bool removal_has(const struct removal *removal, const struct edit *edit,
	const struct attr *attr, struct json_object *value)
{
	const char *key = removal_key(edit, attr, value);
	if (key)
		return bsearch(&key, removal->keys, removal->count, sizeof(key), key_order);
	for (size_t i = 0; i < json_object_array_length(removal->list); i++)
		if (value_same_but_primary(value, json_object_array_get_idx(removal->list, i)))
			return true;
	return false;
}

/* An empty list of values removes none: it must never mean everybody. */
static enum scim_err remove_listed(
	const struct edit *edit, const struct patch_operation *op, struct json_object *values)
{
	const struct attr *attr = op->path.attr;
	struct json_object *list = NULL;
	struct removal removal;
	if (!quirk_allowed(edit->cx, QUIRK_REMOVE_VALUE))
		return ctx_fail(edit->cx, SCIM_INVALID_SYNTAX, "remove takes no value");
	enum scim_err e = canonical_values(edit, attr, op->value, &list);
	if (e || !list)
		return e;
	removal_init(&removal, edit, attr, list);
	for (size_t i = json_object_array_length(values); i-- > 0;)
		if (removal_has(&removal, edit, attr, json_object_array_get_idx(values, i)))
			json_object_array_del_idx(values, i, 1);
	return SCIM_OK;
}

static enum scim_err remove_values(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	bool blank = json_object_is_type(op->value, json_type_string) &&
		     json_object_get_string_len(op->value) == 0;
	/* QUIRK(entra, jumpcloud): remove with the values to remove as its value */
	if (op->value && !blank)
		return remove_listed(edit, op, open_values(object, op->path.attr));
	json_object_object_del(object, op->path.attr->name);
	return SCIM_OK;
}

typedef enum scim_err values_fn(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object);

static values_fn *const whole[PATCH__MAX] = {
	[PATCH_ADD] = add_values,
	[PATCH_REPLACE] = replace_values,
	[PATCH_REMOVE] = remove_values,
};

/* Put a new value in the place of values[i], which is not complex. */
static enum scim_err replace_element(const struct edit *edit, const struct attr *attr,
	struct json_object *in, struct json_object *values, size_t i)
{
	struct json_object *scratch = json_root_object(edit->cx->arena);
	struct json_object *list = json_object_new_array();
	json_object_object_add(scratch, attr->name, list);
	enum scim_err e = element_canonical(edit->cx, attr, in, list);
	if (!e)
		json_object_array_put_idx(values, i, json_copy(json_object_array_get_idx(list, 0)));
	return e;
}

/* Apply the operation to values[i]: to a sub-attribute of it, or to all of it. */
static enum scim_err edit_element(const struct edit *edit, const struct patch_operation *op,
	struct json_object *values, size_t i)
{
	enum scim_err e = SCIM_OK;
	const struct path *path = &op->path;
	struct json_object *value = json_object_array_get_idx(values, i);
	bool was_primary = value_is_primary(value);
	if (path->attr->type != T_COMPLEX)
		return replace_element(edit, path->attr, op->value, values, i);
	if (path->sub)
		e = edit_member(edit, path->sub, op->value, value);
	else if (json_object_is_type(op->value, json_type_object))
		e = edit_members(edit, path->attr, op->value, value);
	else
		e = ctx_fail(edit->cx, SCIM_INVALID_VALUE, "a value of %s must be an object",
			path->attr->name);
	if (!e && !was_primary && value_is_primary(value))
		resource_set_primary(values, i);
	return e;
}

/* attr.sub without a filter: RFC 7644 is silent; it means each value, and a new one if none is. */
static enum scim_err edit_each(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	struct json_object *values = open_values(object, op->path.attr);
	if (edit->op != PATCH_REMOVE && json_object_array_length(values) == 0 &&
		!value_unassigned(op->value))
		json_object_array_add(values, json_object_new_object());
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		enum scim_err e = edit_element(edit, op, values, i);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/*
 * Put what a filter demands of a value into an object. False when it is more than equality with
 * "type" and "primary": then nobody can say which value was meant. A type that no row lists is
 * spelled as the filter compares it, in lower case.
 */
static bool fill_from_filter(const struct filter *filter, struct json_object *value)
{
	if (filter->op == F_AND)
		return fill_from_filter(filter->left, value) &&
		       fill_from_filter(filter->right, value);
	const char *name = filter->op == F_EQ ? filter->path.attr->name : "";
	if (filter->value.type == V_STRING && strcmp(name, "type") == 0)
		json_object_object_add(value, name,
			json_object_new_string_len(filter->value.text, (int)filter->value.len));
	else if (filter->value.type == V_BOOLEAN && strcmp(name, "primary") == 0)
		json_object_object_add(value, name, json_object_new_boolean(filter->value.boolean));
	else
		return false;
	return true;
}

static enum scim_err no_target(const struct edit *edit, const struct attr *attr)
{
	return ctx_fail(edit->cx, SCIM_NO_TARGET, "no value of %s matches the filter", attr->name);
}

/*
 * The filter selects nothing. QUIRK(entra, microsoft validator): add and replace of
 * emails[type eq "work"].value make the value, as add of emails[type eq "work"] does. What is
 * added must satisfy any other filter by itself.
 */
static enum scim_err create_target(
	const struct edit *edit, const struct patch_operation *op, struct json_object *values)
{
	enum scim_err e = SCIM_OK;
	struct roster roster;
	const struct path *path = &op->path;
	if (path->attr->type != T_COMPLEX || (!path->sub && edit->op != PATCH_ADD))
		return no_target(edit, path->attr);
	struct json_object *scratch = json_root_object(edit->cx->arena);
	struct json_object *demanded = json_object_new_object();
	json_object_object_add(scratch, "demanded", demanded);
	struct json_object *made = json_object_new_array();
	json_object_object_add(scratch, "made", made);
	json_object_array_add(made, json_object_new_object());
	struct json_object *value = json_object_array_get_idx(made, 0);
	bool creates = fill_from_filter(path->filter, demanded) &&
		       quirk_allowed(edit->cx, QUIRK_CREATE_TARGET);
	if (creates && (e = edit_members(edit, path->attr, demanded, value)))
		return e;
	if (creates && !match_value(edit->cx, path->filter, path->attr, value))
		return no_target(edit, path->attr);
	if (creates && value_unassigned(op->value))
		return SCIM_OK;
	if (!creates && (path->sub || value_unassigned(op->value)))
		return no_target(edit, path->attr);
	if ((e = edit_element(edit, op, made, 0)))
		return e;
	if (!creates && !match_value(edit->cx, path->filter, path->attr, value))
		return no_target(edit, path->attr);
	roster_init(&roster, edit, path->attr, values, 1);
	return add_value(edit, &roster, value);
}

/* QUIRK(old SCIM-SDK): one value comes in an array of one. */
static struct json_object *single_value(const struct edit *edit, struct json_object *in)
{
	if (json_object_is_type(in, json_type_array) && json_object_array_length(in) == 1 &&
		quirk_allowed(edit->cx, QUIRK_SINGLE_VALUE))
		return json_object_array_get_idx(in, 0);
	return in;
}

/* attr[filter] and attr[filter].sub: all values that match, chosen before any is changed. */
static enum scim_err edit_matching(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	enum scim_err e = SCIM_OK;
	const struct path *path = &op->path;
	struct json_object *values = open_values(object, path->attr);
	size_t n = json_object_array_length(values);
	size_t matches = 0;
	bool *match = arena_alloc(edit->cx->arena, n * sizeof(bool) + 1);
	for (size_t i = 0; i < n; i++) {
		match[i] = match_value(
			edit->cx, path->filter, path->attr, json_object_array_get_idx(values, i));
		matches += match[i];
	}
	if (edit->cx->err)
		return edit->cx->err;
	/* 3.5.2.3: noTarget for replace; remove of what is not there is done already */
	if (matches == 0)
		return edit->op == PATCH_REMOVE ? SCIM_OK : create_target(edit, op, values);
	bool removes =
		!path->sub && (edit->op == PATCH_REMOVE ||
				      (edit->op == PATCH_REPLACE && value_unassigned(op->value)));
	if (!path->sub && !removes && value_unassigned(op->value))
		return SCIM_OK;
	for (size_t i = n; i-- > 0;)
		if (match[i] && removes)
			json_object_array_del_idx(values, i, 1);
	for (size_t i = 0; i < n && !removes; i++)
		if (match[i] && (e = edit_element(edit, op, values, i)))
			return e;
	return SCIM_OK;
}

enum scim_err edit_values(
	const struct edit *edit, const struct patch_operation *op, struct json_object *object)
{
	struct patch_operation one = *op;
	if (op->path.filter && !op->path.sub)
		one.value = single_value(edit, op->value);
	if (op->path.filter)
		return edit_matching(edit, &one, object);
	if (op->path.sub)
		return edit_each(edit, op, object);
	return whole[edit->op](edit, op, object);
}
