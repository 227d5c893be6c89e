/* SPDX-License-Identifier: MIT */
#include "conform.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "web/shapes.h"

static const char *object_conforms(
	struct arena *arena, const struct shape *shape, struct json_object *object);

static bool is_listed(const char *const *values, const char *text)
{
	for (; values && *values; values++)
		if (strcmp(*values, text) == 0)
			return true;
	return !values;
}

static const char *text_conforms(
	struct arena *arena, const struct field *field, struct json_object *value)
{
	const char *text = json_object_get_string(value);
	int64_t us;

	if (!json_object_is_type(value, json_type_string))
		return arena_printf(arena, "%s is no string", field->name);
	if (field->type == FIELD_TIME && !time_parse(text, strlen(text), &us))
		return arena_printf(arena, "%s is no time: %s", field->name, text);
	if (!is_listed(field->values, text))
		return arena_printf(arena, "%s is none of its values: %s", field->name, text);
	return NULL;
}

static const char *value_conforms(
	struct arena *arena, const struct field *field, struct json_object *value)
{
	static const enum json_type types[FIELD__MAX] = {
		[FIELD_BOOLEAN] = json_type_boolean,
		[FIELD_INTEGER] = json_type_int,
		[FIELD_NUMBER] = json_type_int,
		[FIELD_OBJECT] = json_type_object,
		[FIELD_SHAPE] = json_type_object,
	};

	if (field->type == FIELD_ANY || (!value && (field->flags & FIELD_NULL)))
		return NULL;
	if (field->type == FIELD_NUMBER && json_object_is_type(value, json_type_double))
		return NULL;
	if (field->type == FIELD_STRING || field->type == FIELD_TIME)
		return text_conforms(arena, field, value);
	if (!json_object_is_type(value, types[field->type]))
		return arena_printf(arena, "%s is of another type", field->name);
	return field->type == FIELD_SHAPE ? object_conforms(arena, field->shape, value) : NULL;
}

static const char *member_conforms(
	struct arena *arena, const struct field *field, struct json_object *value)
{
	const char *wrong = NULL;
	size_t i;

	if (!(field->flags & FIELD_MANY))
		return value_conforms(arena, field, value);
	if (!json_object_is_type(value, json_type_array))
		return arena_printf(arena, "%s is no array", field->name);
	for (i = 0; i < json_object_array_length(value) && !wrong; i++)
		wrong = value_conforms(arena, field, json_object_array_get_idx(value, i));
	return wrong;
}

static const char *object_conforms(
	struct arena *arena, const struct shape *shape, struct json_object *object)
{
	const struct field *field;
	const char *wrong;

	if (shape->type || shape->any)
		return NULL;
	json_object_object_foreach(object, name, value)
	{
		field = field_find(shape->fields, name);
		if (!field || !field_belongs(field, PART_ANSWER))
			return arena_printf(arena, "%s has no %s", shape->name, name);
		if ((wrong = member_conforms(arena, field, value)))
			return arena_printf(arena, "%s: %s", shape->name, wrong);
	}
	for (field = shape->fields; field->name; field++)
		if (field_belongs(field, PART_ANSWER) && field_required(field, PART_ANSWER) &&
			!json_object_object_get_ex(object, field->name, NULL))
			return arena_printf(arena, "%s lacks %s", shape->name, field->name);
	return NULL;
}

const char *conform(
	struct arena *arena, const struct route *route, int status, struct json_object *body)
{
	const struct usage *usage = usage_of(route);
	const struct shape *shape;

	if (!usage)
		return NULL;
	if (!usage_answers(route, usage, status))
		return arena_printf(arena, "%s does not say status %d", usage->id, status);
	shape = usage->answer;
	if (!usage_succeeds(route, usage, (enum http_status)status))
		shape = face_errors[route->face];
	if (body && !shape)
		return arena_printf(arena, "%s answers nothing", usage->id);
	return body ? object_conforms(arena, shape, body) : NULL;
}
