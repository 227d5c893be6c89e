/* SPDX-License-Identifier: MIT */
/*
 * Canonical values: what a client sent for one attribute, turned into what its row says. Knows one
 * attribute at a time; which attributes a resource has is resource.c's business, and what is done
 * with the value is patch_apply.c's.
 */
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/quirk.h"
#include "scim/resource.h"

/* A row with the row it is a sub-attribute of (NULL: none), for what errors say. */
struct spot {
	const struct attr *parent;
	const struct attr *attr;
};

static enum scim_err put_value(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object *into);

static enum scim_err bad(struct ctx *cx, struct spot spot, const char *why)
{
	return ctx_fail(cx, SCIM_INVALID_VALUE, "%s%s%s %s", spot.parent ? spot.parent->name : "",
		spot.parent ? "." : "", spot.attr->name, why);
}

static const struct attr *value_sub(const struct attr *attr)
{
	return attr_find(attr->subs, "value", strlen("value"));
}

bool value_unassigned(struct json_object *in)
{
	if (!in)
		return true;
	if (json_object_is_type(in, json_type_string))
		return json_object_get_string_len(in) == 0;
	if (json_object_is_type(in, json_type_array))
		return json_object_array_length(in) == 0;
	return json_object_is_type(in, json_type_object) && json_object_object_length(in) == 0;
}

enum scim_err value_unknown(struct ctx *cx, const char *name, struct json_object *in)
{
	if (!in || quirk_allowed(cx, QUIRK_UNKNOWN_ATTRIBUTE))
		return SCIM_OK;
	return ctx_fail(cx, SCIM_INVALID_VALUE, "no attribute '%s'", name);
}

struct json_object *value_unwrap(struct ctx *cx, const struct attr *attr, struct json_object *in)
{
	enum quirk quirk = attr->type == T_COMPLEX ? QUIRK_MANAGER : QUIRK_SINGLE_VALUE;
	if (!attr->multi && json_object_is_type(in, json_type_array) &&
		json_object_array_length(in) == 1 && quirk_allowed(cx, quirk))
		return json_object_array_get_idx(in, 0);
	return in;
}

/* The bytes a string of this attribute may have. */
static int64_t text_limit(const struct ctx *cx, const struct attr *attr)
{
	if (attr->uniqueness != U_NONE || attr->place == AS_EXTERNAL_ID)
		return cx->limits->unique_bytes;
	return cx->limits->string_bytes;
}

/*
 * Numbers and booleans are taken for text, but not where a value identifies something: a required
 * or unique attribute, and the "value" of a multi-valued one, must come as a string.
 */
static bool takes_number(struct spot spot)
{
	if (spot.attr->required || spot.attr->uniqueness != U_NONE)
		return false;
	return !(spot.parent && spot.parent->multi && spot.attr == value_sub(spot.parent));
}

static enum scim_err string_scalar(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object **out)
{
	size_t len = 0;
	const char *text = NULL;
	switch (json_object_get_type(in)) {
	case json_type_string:
		text = json_object_get_string(in);
		len = (size_t)json_object_get_string_len(in);
		break;
	case json_type_boolean:
	case json_type_int:
	case json_type_double:
		if (takes_number(spot) && quirk_allowed(cx, QUIRK_STRING_NUMBER))
			text = json_object_to_json_string_length(in, JSON_C_TO_STRING_PLAIN, &len);
		break;
	default:
		break;
	}
	if (!text)
		return bad(cx, spot, "must be a string");
	if ((int64_t)len > text_limit(cx, spot.attr))
		return bad(cx, spot, "is too long");
	int64_t us = 0;
	if (spot.attr->type == T_DATETIME && !time_parse(text, len, &us))
		return bad(cx, spot, "must be a dateTime");
	*out = json_object_new_string_len(text, (int)len);
	return SCIM_OK;
}

static enum scim_err boolean_scalar(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object **out)
{
	bool value = false;
	if (json_object_is_type(in, json_type_boolean)) {
		value = json_object_get_boolean(in);
	} else if (json_object_is_type(in, json_type_string)) {
		/* QUIRK(entra): "True" and "False" */
		const char *text = json_object_get_string(in);
		value = text_ieq(text, "true");
		if ((!value && !text_ieq(text, "false")) ||
			!quirk_allowed(cx, QUIRK_STRING_BOOLEAN))
			return bad(cx, spot, "must be true or false");
	} else {
		return bad(cx, spot, "must be true or false");
	}
	*out = json_object_new_boolean(value);
	return SCIM_OK;
}

static enum scim_err integer_scalar(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object **out)
{
	long long value = 0;
	if (json_object_is_type(in, json_type_int)) {
		value = json_object_get_int64(in);
	} else if (json_object_is_type(in, json_type_string)) {
		const char *text = json_object_get_string(in);
		/* text_int saturates and takes "+07": only what prints back the same is exact */
		if (!text_int(text, strlen(text), &value) ||
			strcmp(arena_printf(cx->arena, "%lld", value), text) != 0 ||
			!quirk_allowed(cx, QUIRK_STRING_NUMBER))
			return bad(cx, spot, "must be an integer");
	} else {
		return bad(cx, spot, "must be an integer");
	}
	*out = json_object_new_int64(value);
	return SCIM_OK;
}

static bool is_number(struct json_object *in)
{
	return json_object_is_type(in, json_type_int) || json_object_is_type(in, json_type_double);
}

/* The number that a string holds exactly as JSON would write it, in the arena; else NULL. */
static struct json_object *number_in(struct ctx *cx, struct json_object *in)
{
	struct ctx probe = *cx; /* that it is none is no failure yet */
	struct json_object *number = NULL;
	const char *text = json_object_get_string(in);
	size_t len = strlen(text);
	if (strcspn(text, " \t\r\n") != len || json_parse(&probe, text, len, &number))
		return NULL;
	return is_number(number) ? number : NULL;
}

static enum scim_err decimal_scalar(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object **out)
{
	struct json_object *number = is_number(in) ? in : NULL;
	if (json_object_is_type(in, json_type_string))
		number = number_in(cx, in);
	if (!number || (number != in && !quirk_allowed(cx, QUIRK_STRING_NUMBER)))
		return bad(cx, spot, "must be a number");
	*out = json_copy(number);
	return SCIM_OK;
}

typedef enum scim_err scalar_fn(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object **out);

/* Strings are kept exactly as sent; nothing is checked for its format but dateTime. */
static scalar_fn *const scalars[T__MAX] = {
	[T_STRING] = string_scalar,
	[T_BOOLEAN] = boolean_scalar,
	[T_DECIMAL] = decimal_scalar,
	[T_INTEGER] = integer_scalar,
	[T_DATETIME] = string_scalar,
	[T_BINARY] = string_scalar,
	[T_REFERENCE] = string_scalar,
	[T_COMPLEX] = NULL,
};

/* Fill object with the sub-attributes of in. */
static enum scim_err put_subs(
	struct ctx *cx, const struct attr *attr, struct json_object *in, struct json_object *object)
{
	enum scim_err e = SCIM_OK;
	json_object_object_foreach(in, name, value)
	{
		const struct attr *sub = attr_find(attr->subs, name, strlen(name));
		struct spot spot = { .parent = attr, .attr = sub };
		if (sub)
			e = put_value(cx, spot, value, object);
		else
			e = value_unknown(cx, name, value);
		if (e)
			return e;
	}
	return SCIM_OK;
}

/* A complex value into object; a string stands for its "value" when the quirk says so. */
static enum scim_err fill_complex(struct ctx *cx, struct spot spot, enum quirk quirk,
	struct json_object *in, struct json_object *object)
{
	const struct attr *sub = value_sub(spot.attr);
	if (json_object_is_type(in, json_type_object))
		return put_subs(cx, spot.attr, in, object);
	if (sub && json_object_is_type(in, json_type_string) && quirk_allowed(cx, quirk)) {
		struct spot inner = { .parent = spot.attr, .attr = sub };
		return put_value(cx, inner, in, object);
	}
	return bad(cx, spot, "must be an object");
}

static enum scim_err put_element(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object *array)
{
	enum scim_err e = SCIM_OK;
	if (value_unassigned(in))
		return SCIM_OK;
	if (spot.attr->type != T_COMPLEX) {
		struct json_object *scalar = NULL;
		if ((e = scalars[spot.attr->type](cx, spot, in, &scalar)))
			return e;
		json_object_array_add(array, scalar);
		return SCIM_OK;
	}
	struct json_object *object = json_object_new_object();
	json_object_array_add(array, object);
	/* QUIRK(old SCIM-SDK): ["a@example.com"] for [{"value": "a@example.com"}] */
	if ((e = fill_complex(cx, spot, QUIRK_SINGLE_VALUE, in, object)))
		return e;
	if (json_object_object_length(object) == 0)
		json_object_array_del_idx(array, json_object_array_length(array) - 1, 1);
	return SCIM_OK;
}

static enum scim_err put_array(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object *into)
{
	enum scim_err e = SCIM_OK;
	struct json_object *array = json_object_new_array();
	json_object_object_add(into, spot.attr->name, array);
	if (json_object_is_type(in, json_type_array)) {
		size_t n = json_object_array_length(in);
		if ((int64_t)n > cx->limits->values)
			return bad(cx, spot, "has too many values");
		for (size_t i = 0; i < n; i++)
			if ((e = put_element(cx, spot, json_object_array_get_idx(in, i), array)))
				return e;
	} else {
		/* QUIRK(rippling, onelogin): one object; a bare string is no complex value */
		if (spot.attr->type == T_COMPLEX && !json_object_is_type(in, json_type_object))
			return bad(cx, spot, "must be an array of objects");
		if (!quirk_allowed(cx, QUIRK_SINGLE_VALUE))
			return bad(cx, spot, "must be an array");
		if ((e = put_element(cx, spot, in, array)))
			return e;
	}
	values_settle(cx->arena, array);
	if (json_object_array_length(array) == 0)
		json_object_object_del(into, spot.attr->name);
	return SCIM_OK;
}

static enum scim_err put_single(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object *into)
{
	enum scim_err e = SCIM_OK;
	/* QUIRK(old SCIM-SDK): scalars in arrays of one, but not what a resource cannot lack */
	if (!spot.attr->required)
		in = value_unwrap(cx, spot.attr, in);
	if (value_unassigned(in))
		return SCIM_OK;
	if (spot.attr->type != T_COMPLEX) {
		struct json_object *scalar = NULL;
		if ((e = scalars[spot.attr->type](cx, spot, in, &scalar)))
			return e;
		json_object_object_add(into, spot.attr->name, scalar);
		return SCIM_OK;
	}
	struct json_object *object = json_object_new_object();
	json_object_object_add(into, spot.attr->name, object);
	/* QUIRK(entra): manager as a string */
	if ((e = fill_complex(cx, spot, QUIRK_MANAGER, in, object)))
		return e;
	if (json_object_object_length(object) == 0)
		json_object_object_del(into, spot.attr->name);
	return SCIM_OK;
}

static enum scim_err put_value(
	struct ctx *cx, struct spot spot, struct json_object *in, struct json_object *into)
{
	/* 7644 3.3 and 3.5.1: readOnly values are ignored */
	if (spot.attr->mutability == M_READ_ONLY || value_unassigned(in))
		return SCIM_OK;
	enum scim_err e =
		spot.attr->multi ? put_array(cx, spot, in, into) : put_single(cx, spot, in, into);
	if (!e && spot.attr->mutability == M_WRITE_ONLY)
		json_object_object_del(into, spot.attr->name);
	return e;
}

enum scim_err value_canonical(
	struct ctx *cx, const struct attr *attr, struct json_object *in, struct json_object *into)
{
	return put_value(cx, (struct spot){ .attr = attr }, in, into);
}

enum scim_err element_canonical(
	struct ctx *cx, const struct attr *attr, struct json_object *in, struct json_object *into)
{
	return put_element(cx, (struct spot){ .attr = attr }, in, into);
}
