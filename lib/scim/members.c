/* SPDX-License-Identifier: MIT */
/*
 * What bodies and operations mean for the members of a group; roll.c makes steps of it. Refuses to
 * know who is a member now: the store does, and only it could look at all of them.
 */
#include "scim/members.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "scim/resource.h"
#include "scim/roll.h"

#define LIST "members"
#define LIST_URN URN_GROUP ":" LIST

const char *const members_body_places[] = { LIST, LIST_URN, NULL };

const char *const members_patch_places[] = {
	"Operations * value",
	"Operations * value " LIST,
	"Operations * value " LIST_URN,
	NULL,
};

/*
 * Is an array under this key, in a body or in an operation's value, a placeholder? Whatever array a
 * client puts there is lifted, [7] too, and names are compared as the lifter does; keys that differ
 * in case only the guard has refused. So an array there is a placeholder, and elsewhere it is not.
 */
static bool is_place(const char *name)
{
	for (size_t i = 0; members_body_places[i]; i++)
		if (text_ieq(name, members_body_places[i]))
			return true;
	return false;
}

/* One operation on members. */
struct member_op {
	enum patch_op op;
	struct path path;
	struct json_object *value;
	bool place; /* an array in value is a placeholder */
};

/* The text of the list that a value is. One object makes a list of one. */
static struct json_slice list_text(
	struct roll *roll, const struct lifted *body, const struct member_op *op)
{
	bool array = json_object_is_type(op->value, json_type_array);
	struct buf text;
	if (value_unassigned(op->value))
		return (struct json_slice){ "[]", 2 };
	if (array && op->place)
		return lifted_slice(body, op->value);
	buf_init(&text, roll->cx->arena, 0);
	buf_puts(&text, array ? "" : "[");
	json_print(&text, op->value);
	buf_puts(&text, array ? "" : "]");
	return (struct json_slice){ text.data, text.len };
}

/* Everybody whom the value names comes, or goes. */
static enum scim_err put_list(
	struct roll *roll, const struct lifted *body, const struct member_op *op)
{
	bool list = value_unassigned(op->value) || json_object_is_type(op->value, json_type_array);
	if (!list && !json_object_is_type(op->value, json_type_object))
		return ctx_fail(roll->cx, SCIM_INVALID_VALUE, LIST " must be an array of objects");
	/* QUIRK(rippling, onelogin): one object */
	if (!list && !quirk_allowed(roll->cx, QUIRK_SINGLE_VALUE))
		return ctx_fail(roll->cx, SCIM_INVALID_VALUE, LIST " must be an array");
	return roll_list(roll, list_text(roll, body, op), op->op == PATCH_REMOVE);
}

enum scim_err roll_body(struct roll *roll, struct lifted *body)
{
	enum scim_err e = SCIM_OK;
	json_object_object_foreach(body->tree, name, value)
	{
		struct member_op op = { .op = PATCH_ADD, .value = value, .place = true };
		if (!is_place(name))
			continue;
		if (text_ieq(name, LIST) || quirk_allowed(roll->cx, QUIRK_DOTTED_KEY))
			e = put_list(roll, body, &op);
		else
			e = value_unknown(roll->cx, name, value);
		if (e)
			return e;
		json_object_object_del(body->tree, name);
	}
	return SCIM_OK;
}

enum scim_err members_of_body(struct ctx *cx, struct lifted *body, struct member_plan *plan)
{
	struct roll roll;
	roll_init(&roll, cx, &naming_2);
	roll_clear(&roll);
	enum scim_err e = roll_body(&roll, body);
	if (!e)
		roll_finish(&roll, plan);
	return e;
}

/* Is it by ids alone that a filter selects? */
static bool names_ids(const struct filter *filter)
{
	if (filter->op == F_OR)
		return names_ids(filter->left) && names_ids(filter->right);
	return filter->op == F_EQ && filter->value.type == V_STRING &&
	       strcmp(filter->path.attr->name, "value") == 0;
}

/* The ids go. One that is none of ours is nobody's, which is no error and not worth a note. */
static enum scim_err drop_ids(struct roll *roll, const struct filter *filter)
{
	struct member member;
	if (filter->op == F_OR) {
		enum scim_err e = drop_ids(roll, filter->left);
		return e ? e : drop_ids(roll, filter->right);
	}
	if (!member_parse(filter->value.text, filter->value.len, &member))
		return SCIM_OK;
	enum scim_err e = roll_room(roll, 1);
	if (!e)
		roll_put(roll, &member, true);
	return e;
}

/* 7643 8.7.1: the sub-attributes of a member are immutable. */
static enum scim_err refuse_change(struct ctx *cx)
{
	return ctx_fail(cx, SCIM_MUTABILITY, LIST " are added and removed, not changed");
}

/*
 * add and replace of members[value eq "id"] with a value of this id: it names nobody else and
 * changes nothing. Replacing one who is no member would be noTarget, but who is one is not known
 * here; adding him leaves what the client says there is. Anything else would change a member.
 */
static enum scim_err put_selected(
	struct roll *roll, const struct lifted *body, const struct member_op *op)
{
	const struct filter *filter = op->path.filter;
	bool array = json_object_is_type(op->value, json_type_array);
	bool found = false;
	struct member named;
	struct member selected;
	if (filter->op != F_EQ || !names_ids(filter) ||
		!member_parse(filter->value.text, filter->value.len, &selected) ||
		(!array && !json_object_is_type(op->value, json_type_object)))
		return refuse_change(roll->cx);
	/* QUIRK(old SCIM-SDK): one value comes in an array of one */
	if (array && !quirk_allowed(roll->cx, QUIRK_SINGLE_VALUE))
		return refuse_change(roll->cx);
	enum scim_err e = roll_single(roll, list_text(roll, body, op), &named, &found);
	if (e)
		return e;
	if (!found || !uuid_equal(&named.id, &selected.id))
		return refuse_change(roll->cx);
	if ((e = roll_room(roll, 1)))
		return e;
	roll_put(roll, &named, false);
	return SCIM_OK;
}

static enum scim_err put_members(
	struct roll *roll, const struct lifted *body, const struct member_op *op)
{
	bool blank = json_object_is_type(op->value, json_type_string) &&
		     json_object_get_string_len(op->value) == 0;
	/* An empty list removes none: it must never mean everybody. */
	if (op->op == PATCH_REMOVE && op->value && !blank) {
		/* QUIRK(entra, jumpcloud): remove "members" with the members to remove as its value */
		if (!quirk_allowed(roll->cx, QUIRK_REMOVE_VALUE))
			return ctx_fail(roll->cx, SCIM_INVALID_SYNTAX, "remove takes no value");
	} else if (op->op != PATCH_ADD) {
		roll_clear(roll);
	}
	return put_list(roll, body, op);
}

static enum scim_err edit_members_of(
	struct roll *roll, const struct lifted *body, const struct member_op *op)
{
	const struct filter *filter = op->path.filter;
	if (op->path.sub)
		return refuse_change(roll->cx);
	if (!filter)
		return put_members(roll, body, op);
	if (op->op != PATCH_REMOVE)
		return put_selected(roll, body, op);
	if (names_ids(filter))
		return drop_ids(roll, filter);
	roll_filter(roll, filter);
	return SCIM_OK;
}

static bool is_members(const struct attr *attr)
{
	return attr && attr->place == AS_MEMBERSHIP && attr->mutability == M_READ_WRITE;
}

/* What a key of a value without path names, as patch_apply reads it; attr NULL: nothing of ours. */
static enum scim_err find_key(
	struct ctx *cx, const struct resource_type *rt, const char *name, struct path *path)
{
	size_t plain = strcspn(name, "[");
	if (!path_resolve(cx, rt, name, plain, path) || !is_members(path->attr)) {
		path->attr = NULL;
		return SCIM_OK;
	}
	if (name[plain]) {
		enum scim_err e = path_parse(cx, rt, name, strlen(name), path);
		if (e)
			return e;
	}
	/* QUIRK(entra): "members[...]", "urn:...:Group:members" as keys */
	if (strpbrk(name, ".:[") && !quirk_allowed(cx, QUIRK_DOTTED_KEY))
		return ctx_fail(cx, SCIM_INVALID_VALUE, "no attribute '%s'", name);
	return SCIM_OK;
}

/* A list that was lifted and is none of members becomes a tree again, under its key. */
static enum scim_err restore_key(
	struct ctx *cx, struct lifted *body, struct json_object *object, const char *name)
{
	struct json_object *value = json_get(object, name);
	if (!is_place(name) || !json_object_is_type(value, json_type_array))
		return SCIM_OK;
	enum scim_err e = lifted_restore(cx, body, value, &value);
	if (!e)
		json_object_object_add(object, name, json_object_get(value));
	return e;
}

/* The members of an operation's value: those that name ours are done here and go. */
static enum scim_err take_keys(struct roll *roll, const struct resource_type *rt,
	struct lifted *body, const struct patch_operation *operation)
{
	json_object_object_foreach(operation->value, name, value)
	{
		struct member_op op = {
			.op = operation->op,
			.value = value,
			.place = is_place(name),
		};
		enum scim_err e = SCIM_OK;
		if (!operation->has_path)
			e = find_key(roll->cx, rt, name, &op.path);
		if (e)
			return e;
		e = op.path.attr ? edit_members_of(roll, body, &op)
				 : restore_key(roll->cx, body, operation->value, name);
		if (e)
			return e;
		if (op.path.attr)
			json_object_object_del(operation->value, name);
	}
	return SCIM_OK;
}

/* An operation that is not on members by its path. */
static enum scim_err pass_on(struct roll *roll, const struct resource_type *rt, struct lifted *body,
	struct patch_operation *operation)
{
	if (json_object_is_type(operation->value, json_type_object))
		return take_keys(roll, rt, body, operation);
	if (json_object_is_type(operation->value, json_type_array))
		return lifted_restore(roll->cx, body, operation->value, &operation->value);
	return SCIM_OK;
}

enum scim_err members_of_patch(struct ctx *cx, const struct resource_type *rt, struct lifted *body,
	struct patch *patch, struct member_plan *plan)
{
	struct roll roll;
	size_t kept = 0;
	roll_init(&roll, cx, &naming_2);
	for (size_t i = 0; i < patch->count; i++) {
		struct patch_operation *operation = &patch->ops[i];
		bool ours = operation->has_path && is_members(operation->path.attr);
		struct member_op op = { operation->op, operation->path, operation->value, true };
		enum scim_err e = ours ? edit_members_of(&roll, body, &op)
				       : pass_on(&roll, rt, body, operation);
		if (e)
			return e;
		if (!ours)
			patch->ops[kept++] = *operation;
	}
	patch->count = kept;
	roll_finish(&roll, plan);
	return SCIM_OK;
}
