/* SPDX-License-Identifier: MIT */
/* Tables of members as JSON Schema (2020-12, that of OpenAPI 3.1), and as examples. */
#include "web/shape.h"

#include "base/text.h"

const char *const part_names[PART__MAX] = { "", "Create", "Update" };

/* How JSON Schema spells each type. */
static const char *const field_types[FIELD__MAX] = {
	[FIELD_STRING] = "\"type\":\"string\"",
	[FIELD_BOOLEAN] = "\"type\":\"boolean\"",
	[FIELD_INTEGER] = "\"type\":\"integer\"",
	[FIELD_NUMBER] = "\"type\":\"number\"",
	[FIELD_TIME] = "\"type\":\"string\",\"format\":\"date-time\"",
	[FIELD_OBJECT] = "\"type\":\"object\",\"additionalProperties\":true",
};

static const char *const attr_types[T__MAX] = {
	[T_STRING] = "\"type\":\"string\"",
	[T_BOOLEAN] = "\"type\":\"boolean\"",
	[T_DECIMAL] = "\"type\":\"number\"",
	[T_INTEGER] = "\"type\":\"integer\"",
	[T_DATETIME] = "\"type\":\"string\",\"format\":\"date-time\"",
	[T_BINARY] = "\"type\":\"string\",\"contentEncoding\":\"base64\"",
	[T_REFERENCE] = "\"type\":\"string\"",
};

static const char *const attr_marks[M__MAX] = {
	[M_READ_WRITE] = "",
	[M_READ_ONLY] = ",\"readOnly\":true",
	[M_IMMUTABLE] = "",
	[M_WRITE_ONLY] = ",\"writeOnly\":true",
};

static const unsigned part_flags[PART__MAX] = {
	[PART_CREATE] = FIELD_CREATE | FIELD_NEEDED,
	[PART_UPDATE] = FIELD_UPDATE,
};

bool field_belongs(const struct field *field, enum shape_part part)
{
	if (part == PART_ANSWER)
		return !(field->flags & FIELD_UNTOLD);
	return field->flags & part_flags[part];
}

bool field_required(const struct field *field, enum shape_part part)
{
	if (part == PART_ANSWER)
		return !(field->flags & FIELD_MAYBE);
	return part == PART_CREATE && (field->flags & FIELD_NEEDED);
}

const struct field *field_find(const struct field *fields, const char *name)
{
	for (; fields && fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

/* What goes before the next element of an object or array. */
static void separate(struct buf *buf)
{
	if (buf->data[buf->len - 1] != '{' && buf->data[buf->len - 1] != '[')
		buf_putc(buf, ',');
}

static void put_name(struct buf *buf, const char *name)
{
	separate(buf);
	buf_jsons(buf, name);
	buf_putc(buf, ':');
}

static void put_texts(struct buf *buf, const char *name, const char *const *values)
{
	put_name(buf, name);
	buf_putc(buf, '[');
	for (; *values; values++) {
		separate(buf);
		buf_jsons(buf, *values);
	}
	buf_putc(buf, ']');
}

void shape_reference(struct buf *buf, const struct shape *shape, enum shape_part part)
{
	buf_printf(buf, "{\"$ref\":\"#/components/schemas/%s%s\"}", shape->name, part_names[part]);
}

/* One value of the field, without braces. */
static void put_value(struct buf *buf, const struct field *field, enum shape_part part)
{
	bool null = field->flags & FIELD_NULL;

	if (field->type == FIELD_SHAPE) {
		put_name(buf, null ? "anyOf" : "allOf");
		buf_putc(buf, '[');
		shape_reference(buf, field->shape, part);
		buf_puts(buf, null ? ",{\"type\":\"null\"}]" : "]");
		return;
	}
	if (null)
		buf_printf(buf, "\"anyOf\":[{%s},{\"type\":\"null\"}]", field_types[field->type]);
	else if (field_types[field->type])
		buf_puts(buf, field_types[field->type]);
	if (field->values)
		put_texts(buf, "enum", field->values);
	if (field->min || field->max)
		buf_printf(buf, ",\"minimum\":%lld,\"maximum\":%lld", field->min, field->max);
}

void field_schema(struct buf *buf, const struct field *field, enum shape_part part, shape_fn *refer,
	void *arg)
{
	bool many = field->flags & FIELD_MANY;

	if (field->type == FIELD_SHAPE && refer)
		refer(arg, field->shape, part);
	if (field->type == FIELD_SHAPE && !many && !field->doc && !(field->flags & FIELD_NULL)) {
		shape_reference(buf, field->shape, part);
		return;
	}
	buf_putc(buf, '{');
	if (many && field->type == FIELD_SHAPE) {
		buf_puts(buf, "\"type\":\"array\",\"items\":");
		shape_reference(buf, field->shape, part);
	} else {
		if (many)
			buf_puts(buf, "\"type\":\"array\",\"items\":{");
		put_value(buf, field, part);
		if (many)
			buf_putc(buf, '}');
	}
	if (field->doc) {
		put_name(buf, "description");
		buf_jsons(buf, field->doc);
	}
	buf_putc(buf, '}');
}

static void put_attrs(struct buf *buf, const struct attr *attrs, enum shape_part part);

static bool attr_belongs(const struct attr *attr, enum shape_part part)
{
	return part == PART_ANSWER ? attr->returned != R_NEVER : attr->mutability != M_READ_ONLY;
}

static bool attr_required(const struct attr *attr, enum shape_part part)
{
	if (part == PART_ANSWER)
		return attr->returned == R_ALWAYS;
	return part == PART_CREATE && (attr->required || strcmp(attr->name, "schemas") == 0);
}

/* canonicalValues are those that are usual, not all that may be. */
static void put_attr(struct buf *buf, const struct attr *attr, enum shape_part part)
{
	put_name(buf, attr->name);
	buf_puts(buf, attr->multi ? "{\"type\":\"array\",\"items\":{" : "{");
	if (attr->subs) {
		buf_puts(buf, "\"type\":\"object\",\"properties\":{");
		put_attrs(buf, attr->subs, part);
		buf_putc(buf, '}');
	} else {
		buf_puts(buf, attr_types[attr->type]);
	}
	if (attr->canonical)
		put_texts(buf, "examples", attr->canonical);
	if (attr->multi)
		buf_putc(buf, '}');
	if (attr->doc) {
		put_name(buf, "description");
		buf_jsons(buf, attr->doc);
	}
	buf_puts(buf, attr_marks[attr->mutability]);
	buf_putc(buf, '}');
}

static void put_attrs(struct buf *buf, const struct attr *attrs, enum shape_part part)
{
	for (; attrs->name; attrs++)
		if (attr_belongs(attrs, part))
			put_attr(buf, attrs, part);
}

static void put_required_attrs(struct buf *buf, const struct attr *attrs, enum shape_part part)
{
	for (; attrs->name; attrs++) {
		if (!attr_belongs(attrs, part) || !attr_required(attrs, part))
			continue;
		separate(buf);
		buf_jsons(buf, attrs->name);
	}
}

/* A resource is what RFC 7643 section 3 says: common attributes, those of the core, extensions. */
static void put_resource(struct buf *buf, const struct resource_type *rt, enum shape_part part)
{
	const struct schema *const *extension;

	put_name(buf, "properties");
	buf_putc(buf, '{');
	put_attrs(buf, common_attrs, part);
	put_attrs(buf, rt->core->attrs, part);
	for (extension = rt->extensions; *extension; extension++) {
		put_name(buf, (*extension)->urn);
		buf_puts(buf, "{\"type\":\"object\",\"properties\":{");
		put_attrs(buf, (*extension)->attrs, part);
		buf_puts(buf, "}}");
	}
	buf_puts(buf, "},\"required\":[");
	put_required_attrs(buf, common_attrs, part);
	put_required_attrs(buf, rt->core->attrs, part);
	buf_putc(buf, ']');
}

static void put_fields(struct buf *buf, const struct field *fields, enum shape_part part,
	shape_fn *refer, void *arg)
{
	const struct field *field;

	put_name(buf, "properties");
	buf_putc(buf, '{');
	for (field = fields; field->name; field++) {
		if (!field_belongs(field, part))
			continue;
		put_name(buf, field->name);
		field_schema(buf, field, part, refer, arg);
	}
	buf_puts(buf, "},\"required\":[");
	for (field = fields; field->name; field++) {
		if (!field_belongs(field, part) || !field_required(field, part))
			continue;
		separate(buf);
		buf_jsons(buf, field->name);
	}
	buf_putc(buf, ']');
}

void shape_schema(struct buf *buf, const struct shape *shape, enum shape_part part, shape_fn *refer,
	void *arg)
{
	const struct shape *const *any;

	buf_putc(buf, '{');
	if (shape->doc) {
		put_name(buf, "description");
		buf_jsons(buf, shape->doc);
	}
	if (shape->any) {
		put_name(buf, "anyOf");
		buf_putc(buf, '[');
		for (any = shape->any; *any; any++) {
			refer(arg, *any, part);
			separate(buf);
			shape_reference(buf, *any, part);
		}
		buf_puts(buf, "]}");
		return;
	}
	put_name(buf, "type");
	buf_puts(buf, "\"object\"");
	if (shape->type)
		put_resource(buf, shape->type, part);
	else
		put_fields(buf, shape->fields, part, refer, arg);
	buf_putc(buf, '}');
}

void field_example(struct buf *buf, const struct field *field, enum shape_part part)
{
	bool many = field->flags & FIELD_MANY;

	if (many)
		buf_putc(buf, '[');
	if (field->type == FIELD_SHAPE)
		shape_example(buf, field->shape, part);
	else if (!field->example)
		buf_puts(buf, many ? "" : "null");
	else if (field->type == FIELD_STRING || field->type == FIELD_TIME)
		buf_jsons(buf, field->example);
	else
		buf_puts(buf, field->example);
	if (many)
		buf_putc(buf, ']');
}

/* What not every answer has is shown where an example is given. */
static bool is_shown(const struct field *field, enum shape_part part)
{
	if (!field_belongs(field, part))
		return false;
	if (field->example || field_required(field, part))
		return true;
	return field->type == FIELD_SHAPE && !(field->flags & FIELD_MAYBE);
}

void shape_example(struct buf *buf, const struct shape *shape, enum shape_part part)
{
	const struct field *field;

	if (shape->any) {
		shape_example(buf, shape->any[0], part);
		return;
	}
	if (shape->example[part]) {
		buf_puts(buf, shape->example[part]);
		return;
	}
	buf_putc(buf, '{');
	for (field = shape->fields; field->name; field++) {
		if (!is_shown(field, part))
			continue;
		put_name(buf, field->name);
		field_example(buf, field, part);
	}
	buf_putc(buf, '}');
}
