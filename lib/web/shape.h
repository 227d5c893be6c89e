/* SPDX-License-Identifier: MIT */
/*
 * JSON objects as tables: what answers hold and what bodies may, one row a member. The document of
 * openapi.h is printed from them, and the tests hold the answers of the management API to them.
 */
#ifndef WEB_SHAPE_H
#define WEB_SHAPE_H

#include "base/buf.h"
#include "scim/schema.h"

enum field_type {
	FIELD_STRING = 0,
	FIELD_BOOLEAN,
	FIELD_INTEGER,
	FIELD_NUMBER,
	FIELD_TIME, /* RFC 3339 */
	FIELD_OBJECT, /* any members */
	FIELD_ANY, /* any JSON */
	FIELD_SHAPE, /* as another table says */
	FIELD__MAX
};

enum field_flag {
	FIELD_MANY = 1, /* an array of it */
	FIELD_MAYBE = 2, /* some answers do not have it */
	FIELD_NULL = 4, /* may be null */
	FIELD_CREATE = 8, /* may be given when the object is made */
	FIELD_NEEDED = 16, /* must be */
	FIELD_UPDATE = 32, /* may be changed */
	FIELD_EITHER = 64, /* of a query: one of those must be given */
	FIELD_UNTOLD = 128 /* in no answer */
};

/* What of an object is meant. */
enum shape_part {
	PART_ANSWER,
	PART_CREATE,
	PART_UPDATE,
	PART__MAX
};

struct shape;

/* A member of an object, or a parameter of a query. */
struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	const char
		*example; /* a text, or JSON for what is none; of an element when there are many */
	const char *doc;
	const struct shape *shape; /* of FIELD_SHAPE */
	const char *const *values; /* all that a text may be, NULL-terminated; NULL: anything */
	long long min, max; /* of an integer; both 0: anything */
};

/* The first columns of a row. */
#define MEMBER(name_, type_, flags_, example_, doc_) \
	.name = (name_), .type = FIELD_##type_, .flags = (flags_), .example = (example_), \
	.doc = (doc_)

/* An object. */
struct shape {
	const char *name;
	const char *doc;
	const struct field *fields; /* the row with name NULL ends them */
	const struct resource_type *type; /* described by its schemas instead */
	const struct shape *const *any; /* one of these instead, NULL-terminated */
	const char *example[PART__MAX]; /* JSON; NULL: that of the fields */
};

#define OBJECT(name_, doc_, fields_) .name = (name_), .doc = (doc_), .fields = (fields_)

/* Behind a shape's name, that of the part. */
extern const char *const part_names[PART__MAX];

/* Does the part have the field? Must it? */
bool field_belongs(const struct field *field, enum shape_part part);
bool field_required(const struct field *field, enum shape_part part);

/* The field of that name, or NULL. */
const struct field *field_find(const struct field *fields, const char *name);

/* Called for each shape that a schema refers to. */
typedef void shape_fn(void *arg, const struct shape *shape, enum shape_part part);

/* Append the JSON Schema; other shapes are referred to as {"$ref":"#/components/schemas/Name"}. */
void shape_schema(struct buf *buf, const struct shape *shape, enum shape_part part, shape_fn *refer,
	void *arg);

/* Append the JSON Schema of one field, without its name. */
void field_schema(struct buf *buf, const struct field *field, enum shape_part part, shape_fn *refer,
	void *arg);

/* Append {"$ref":...} of a shape. */
void shape_reference(struct buf *buf, const struct shape *shape, enum shape_part part);

/* Append an example of the shape. */
void shape_example(struct buf *buf, const struct shape *shape, enum shape_part part);

/* Append the example of one field, which has one. */
void field_example(struct buf *buf, const struct field *field, enum shape_part part);

#endif
