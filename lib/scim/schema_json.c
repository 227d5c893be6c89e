/* SPDX-License-Identifier: MIT */
/*
 * Reading a schema: JSON to rows, and what each member must be. What the rows together must be is
 * schema_validate.c's.
 */
#include "scim/schema_json.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/message.h"
#include "scim/resource.h"

/* The JSON of the schema, or of an attribute. */
struct node {
	struct ctx *cx;
	bool stored; /* our own text: names as we print them */
	struct json_object *in;
	const struct node *up; /* what it is an attribute of; NULL: it is the schema */
	size_t index; /* in the array of up */
	const char *name; /* of an attribute, once it is read */
};

/* "attribute 'address.street'", or by position while it has no name. */
static const char *where(const struct node *node)
{
	struct arena *arena = node->cx->arena;
	if (!node->up)
		return "the schema";
	bool sub = node->up->up != NULL;
	if (node->name)
		return arena_printf(arena, "attribute '%s%s%s'", sub ? node->up->name : "",
			sub ? "." : "", node->name);
	if (sub)
		return arena_printf(
			arena, "subAttributes[%zu] of %s", node->index, where(node->up));
	return arena_printf(arena, "attributes[%zu]", node->index);
}

static enum scim_err bad(const struct node *node, const char *member, const char *why)
{
	return ctx_fail(node->cx, SCIM_INVALID_VALUE, "%s: %s %s", where(node), member, why);
}

/* A member; NULL when it is absent or as good as absent. */
static struct json_object *member(const struct node *node, const char *name)
{
	bool found = false;
	struct json_object *value =
		node->stored ? json_get(node->in, name) : json_iget(node->in, name, &found);
	return value_unassigned(value) ? NULL : value;
}

static enum scim_err read_text(const struct node *node, const char *name, const char **text)
{
	struct json_object *value = member(node, name);
	if (!value)
		return SCIM_OK;
	if (!json_object_is_type(value, json_type_string))
		return bad(node, name, "must be a string");
	*text = json_object_get_string(value);
	return SCIM_OK;
}

static enum scim_err read_truth(const struct node *node, const char *name, bool *truth)
{
	struct json_object *value = member(node, name);
	if (!value)
		return SCIM_OK;
	if (!json_object_is_type(value, json_type_boolean))
		return bad(node, name, "must be true or false");
	*truth = json_object_get_boolean(value);
	return SCIM_OK;
}

/* The spellings of an enum. */
struct words {
	const char *const *text;
	int count;
};

static const struct words type_words = { attr_type_names, T__MAX };
static const struct words mutability_words = { attr_mutability_names, M__MAX };
static const struct words returned_words = { attr_returned_names, R__MAX };
static const struct words uniqueness_words = { attr_uniqueness_names, U__MAX };

/* "must be string, boolean, ... or complex" */
static enum scim_err no_word(const struct node *node, const char *name, const struct words *words)
{
	struct buf buf;
	buf_init(&buf, node->cx->arena, 64);
	for (int i = 0; i < words->count; i++) {
		buf_puts(&buf, i == 0 ? "must be " : i + 1 == words->count ? " or " : ", ");
		buf_puts(&buf, words->text[i]);
	}
	return bad(node, name, buf.data);
}

/* *value stays when the member is absent. */
static enum scim_err read_word(
	const struct node *node, const char *name, const struct words *words, int *value)
{
	const char *text = NULL;
	enum scim_err e = read_text(node, name, &text);
	if (e || !text)
		return e;
	for (int i = 0; i < words->count; i++) {
		if (!text_ieq(words->text[i], text))
			continue;
		*value = i;
		return SCIM_OK;
	}
	return no_word(node, name, words);
}

static enum scim_err read_texts(
	const struct node *node, const char *name, const char *const **texts)
{
	struct json_object *array = member(node, name);
	if (!array)
		return SCIM_OK;
	if (!json_object_is_type(array, json_type_array))
		return bad(node, name, "must be an array of strings");
	size_t n = json_object_array_length(array);
	const char **list = arena_alloc(node->cx->arena, (n + 1) * sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		struct json_object *value = json_object_array_get_idx(array, i);
		if (!json_object_is_type(value, json_type_string) || value_unassigned(value))
			return bad(node, name, "must be an array of strings");
		list[i] = json_object_get_string(value);
	}
	*texts = list;
	return SCIM_OK;
}

static enum scim_err read_attrs(
	const struct node *node, const char *name, const struct attr **attrs);

/* The characteristics whose values are words. */
static enum scim_err read_words(const struct node *node, struct attr *attr)
{
	int type = T_STRING;
	int mutability = M_READ_WRITE;
	int returned = R_DEFAULT;
	int uniqueness = U_NONE;
	enum scim_err e = SCIM_OK;
	if ((e = read_word(node, "type", &type_words, &type)) ||
		(e = read_word(node, "mutability", &mutability_words, &mutability)) ||
		(e = read_word(node, "returned", &returned_words, &returned)) ||
		(e = read_word(node, "uniqueness", &uniqueness_words, &uniqueness)))
		return e;
	attr->type = (enum attr_type)type;
	attr->mutability = (enum attr_mutability)mutability;
	attr->returned = (enum attr_returned)returned;
	attr->uniqueness = (enum attr_uniqueness)uniqueness;
	return SCIM_OK;
}

/* node->in is one element of an array of attributes. */
static enum scim_err read_attr(struct node *node, struct attr *attr)
{
	enum scim_err e = SCIM_OK;
	if (!json_object_is_type(node->in, json_type_object))
		return ctx_fail(node->cx, SCIM_INVALID_SYNTAX, "%s must be an object", where(node));
	if ((e = read_text(node, "name", &attr->name)))
		return e;
	if (!attr->name)
		return bad(node, "name", "is required");
	node->name = attr->name;
	if ((e = read_words(node, attr)) || (e = read_truth(node, "multiValued", &attr->multi)) ||
		(e = read_truth(node, "required", &attr->required)) ||
		(e = read_truth(node, "caseExact", &attr->case_exact)) ||
		(e = read_text(node, "description", &attr->doc)) ||
		(e = read_texts(node, "canonicalValues", &attr->canonical)) ||
		(e = read_texts(node, "referenceTypes", &attr->references)))
		return e;
	if (attr->type == T_REFERENCE || attr->type == T_BINARY)
		attr->case_exact = true;
	if (!node->up->up)
		return read_attrs(node, "subAttributes", &attr->subs);
	if (member(node, "subAttributes"))
		return bad(node, "subAttributes", "are not for a sub-attribute");
	return SCIM_OK;
}

/* *attrs stays NULL when there are none. */
static enum scim_err read_attrs(
	const struct node *node, const char *name, const struct attr **attrs)
{
	struct json_object *array = member(node, name);
	size_t most = node->up ? SCHEMA_SUBS_MAX : SCHEMA_ATTRS_MAX;
	if (!array)
		return SCIM_OK;
	if (!json_object_is_type(array, json_type_array))
		return ctx_fail(node->cx, SCIM_INVALID_SYNTAX, "%s: %s must be an array",
			where(node), name);
	size_t n = json_object_array_length(array);
	if (n > most)
		return ctx_fail(node->cx, SCIM_INVALID_VALUE, "%s: more than %zu %s", where(node),
			most, name);
	struct attr *rows = arena_alloc(node->cx->arena, (n + 1) * sizeof(*rows));
	for (size_t i = 0; i < n; i++) {
		struct node inner = {
			.cx = node->cx,
			.stored = node->stored,
			.in = json_object_array_get_idx(array, i),
			.up = node,
			.index = i,
		};
		enum scim_err e = read_attr(&inner, &rows[i]);
		if (e)
			return e;
	}
	*attrs = rows;
	return SCIM_OK;
}

static enum scim_err read_schema(struct node *node, struct schema *schema)
{
	enum scim_err e = SCIM_OK;
	if (!json_object_is_type(node->in, json_type_object))
		return ctx_fail(node->cx, SCIM_INVALID_SYNTAX, "the schema must be an object");
	if ((e = read_text(node, "id", &schema->urn)) ||
		(e = read_text(node, "name", &schema->name)) ||
		(e = read_text(node, "description", &schema->doc)) ||
		(e = read_attrs(node, "attributes", &schema->attrs)))
		return e;
	if (!schema->urn)
		return bad(node, "id", "is required");
	if (!schema->attrs)
		return bad(node, "attributes", "are required");
	if (!schema->name)
		schema->name = schema->urn;
	return SCIM_OK;
}

static enum scim_err check_size(struct ctx *cx, const struct schema *schema)
{
	struct buf buf;
	buf_init(&buf, cx->arena, SCHEMA_TEXT_BYTES);
	schema_print(&buf, schema);
	if (buf.len > SCHEMA_TEXT_BYTES)
		return ctx_fail(cx, SCIM_INVALID_VALUE,
			"the schema is longer than %d bytes: it is %zu", SCHEMA_TEXT_BYTES,
			buf.len);
	return SCIM_OK;
}

enum scim_err schema_parse(struct ctx *cx, struct json_object *body, const struct schema **schema)
{
	struct schema *made = arena_alloc(cx->arena, sizeof(*made));
	struct node node = { .cx = cx, .in = body };
	enum scim_err e = SCIM_OK;
	if ((e = read_schema(&node, made)) || (e = schema_validate(cx, made)) ||
		(e = check_size(cx, made)))
		return e;
	*schema = made;
	return SCIM_OK;
}

enum scim_err schema_read_stored(
	struct ctx *cx, struct json_object *stored, const struct schema **schema)
{
	struct schema *made = arena_alloc(cx->arena, sizeof(*made));
	struct node node = { .cx = cx, .stored = true, .in = stored };
	enum scim_err e = read_schema(&node, made);
	if (!e)
		*schema = made;
	return e;
}
