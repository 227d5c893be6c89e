/* SPDX-License-Identifier: MIT */
/*
 * The PatchOp message (RFC 7644 section 3.5.2): JSON to operations with resolved paths. Refuses to
 * know resources: what an operation does is patch_apply.c's.
 */
#include "scim/patch.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"

static const char *const op_names[PATCH__MAX] = {
	[PATCH_ADD] = "add",
	[PATCH_REPLACE] = "replace",
	[PATCH_REMOVE] = "remove",
};

/* QUIRK(entra): "Add", "Replace", "Remove" */
static bool find_op(struct json_object *in, enum patch_op *op)
{
	if (!json_object_is_type(in, json_type_string))
		return false;
	for (size_t i = 0; i < PATCH__MAX; i++) {
		if (!text_ieq(op_names[i], json_object_get_string(in)))
			continue;
		*op = (enum patch_op)i;
		return true;
	}
	return false;
}

static enum scim_err parse_operation(struct ctx *cx, const struct resource_type *rt,
	struct json_object *in, struct patch_operation *op)
{
	bool found = false;
	if (!json_object_is_type(in, json_type_object))
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "an operation must be an object");
	if (!find_op(json_iget(in, "op", &found), &op->op))
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "op must be add, replace or remove");
	struct json_object *path = json_iget(in, "path", &found);
	op->has_path = path != NULL;
	op->value = json_iget(in, "value", &op->has_value);
	/* 3.5.2.2 */
	if (op->op == PATCH_REMOVE && !op->has_path)
		return ctx_fail(cx, SCIM_NO_TARGET, "remove needs a path");
	if (op->op != PATCH_REMOVE && !op->has_value)
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "%s needs a value", op_names[op->op]);
	if (!op->has_path) {
		/* 3.5.2.1: the value holds the attributes */
		if (json_object_is_type(op->value, json_type_object))
			return SCIM_OK;
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "the value must be an object when path is absent");
	}
	if (!json_object_is_type(path, json_type_string))
		return ctx_fail(cx, SCIM_INVALID_PATH, "path must be a string");
	return path_parse(cx, rt, json_object_get_string(path),
		(size_t)json_object_get_string_len(path), &op->path);
}

enum scim_err patch_parse(struct ctx *cx, const struct resource_type *rt, struct json_object *body,
	struct patch *patch)
{
	bool found = false;
	enum scim_err e = message_check(cx, body, URN_MESSAGE_PATCH);
	if (e)
		return e;
	struct json_object *list = json_iget(body, "Operations", &found);
	if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
		return ctx_fail(cx, SCIM_INVALID_SYNTAX,
			"Operations must be an array of one or more operations");
	size_t n = json_object_array_length(list);
	if ((int64_t)n > cx->limits->patch_operations)
		return ctx_fail(cx, SCIM_TOO_LARGE, "more than %lld operations",
			(long long)cx->limits->patch_operations);
	patch->ops = arena_alloc(cx->arena, n * sizeof(*patch->ops));
	patch->count = n;
	for (size_t i = 0; i < n; i++)
		if ((e = parse_operation(
			     cx, rt, json_object_array_get_idx(list, i), &patch->ops[i])))
			return e;
	return SCIM_OK;
}
